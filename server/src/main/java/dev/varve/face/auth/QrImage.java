package dev.varve.face.auth;

import io.nayuki.qrcodegen.QrCode;

/// A text as a picture that a camera reads (ISO/IEC 18004), drawn as SVG, which stands in a page as it is.
final class QrImage {
  // modules of white around it, without which cameras do not find it
  private static final int QUIET = 4;

  private QrImage() {}

  static String svg(String text) {
    QrCode code = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
    StringBuilder dark = new StringBuilder();
    for (int y = 0; y < code.size; y++) {
      for (int x = 0; x < code.size; x++) {
        if (code.getModule(x, y)) {
          dark.append("M%d,%dh1v1h-1z".formatted(x + QUIET, y + QUIET));
        }
      }
    }
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %1$d" width="240" height="240" role="img" aria-label="QR code" shape-rendering="crispEdges"><path fill="#fff" d="M0,0h%1$dv%1$dH0z"/><path fill="#000" d="%2$s"/></svg>\
    """
        .formatted(code.size + 2 * QUIET, dark);
  }
}
