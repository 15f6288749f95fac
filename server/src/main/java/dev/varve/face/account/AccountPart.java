package dev.varve.face.account;

import dev.varve.net.http.Route;
import java.util.List;

/// A part of the page of an account.
interface AccountPart {
  /// As HTML; nothing when there is nothing of it here.
  String html(Visit visit);

  /// What its forms and links lead to.
  List<Route> routes(AccountPage page);
}
