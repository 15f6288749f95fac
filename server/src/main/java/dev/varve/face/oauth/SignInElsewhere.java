package dev.varve.face.oauth;

import dev.varve.face.auth.PasswordSignIn;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SessionUse;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import java.util.List;
import java.util.Map;

/// Places where people who are asked to sign in may do that instead, and from which they come back to the same flow, in the same browser.
public interface SignInElsewhere {
  /// There is none.
  SignInElsewhere NONE =
      new SignInElsewhere() {
        @Override
        public List<Place> places(String flow, boolean again) {
          return List.of();
        }

        @Override
        public <T> T signIn(
            Return back, RequestSource source, SessionUse use, PasswordSignIn.Then<T> then) {
          throw new Problem(ErrorCode.UNAUTHENTICATED, "Nobody signs in elsewhere");
        }
      };

  /// @param title of the place, for people
  /// @param path where the browser goes
  record Place(String title, String path) {}

  /// How somebody comes back.
  ///
  /// @param flow its id
  /// @param browser the cookie of the browser
  record Return(String code, String flow, String browser) {
    /// Neither is for logs.
    @Override
    public String toString() {
      return "Return[...]";
    }
  }

  /// Where people may go from a flow.
  ///
  /// @param again whether they are to prove who they are, even if that is known there
  List<Place> places(String flow, boolean again);

  /// Opens a session for who is back, durably when this returns.
  ///
  /// @throws Problem UNAUTHENTICATED when the code is not good
  <T> T signIn(Return back, RequestSource source, SessionUse use, PasswordSignIn.Then<T> then);

  /// Where a browser goes on in a flow.
  ///
  /// @param parameters `code`, or `error`
  static String back(String flow, Map<String, String> parameters) {
    return located(FlowPath.of(flow), parameters);
  }

  /// A URL with more parameters in its query.
  static String located(String uri, Map<String, String> parameters) {
    return Answering.located(uri, parameters);
  }
}
