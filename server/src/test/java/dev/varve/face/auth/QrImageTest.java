package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QrImageTest {
  private static final int PIXELS = 4;
  private static final int WHITE = 0xffffff;
  private static final Pattern SIZE = Pattern.compile("viewBox=\"0 0 (\\d+) \\d+\"");
  private static final Pattern DARK = Pattern.compile("M(\\d+),(\\d+)h1v1h-1z");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "otpauth://totp/shop.example:ada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=shop.example&algorithm=SHA1&digits=6&period=30",
        "otpauth://totp/Gesch%C3%A4ft:a-very-long-address-of-somebody-who-likes-long-addresses%40a-very-long-host-name.example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Gesch%C3%A4ft&algorithm=SHA1&digits=6&period=30"
      })
  void aCameraReadsWhatWasDrawn(String text) throws Exception {
    assertThat(read(QrImage.svg(text))).isEqualTo(text);
  }

  private static String read(String svg) throws Exception {
    Matcher size = SIZE.matcher(svg);
    assertThat(size.find()).isTrue();
    int width = Integer.parseInt(size.group(1)) * PIXELS;
    int[] pixels = new int[width * width];
    Arrays.fill(pixels, WHITE);
    Matcher dark = DARK.matcher(svg);
    while (dark.find()) {
      int left = Integer.parseInt(dark.group(1)) * PIXELS;
      int top = Integer.parseInt(dark.group(2)) * PIXELS;
      for (int y = top; y < top + PIXELS; y++) {
        Arrays.fill(pixels, y * width + left, y * width + left + PIXELS, 0);
      }
    }
    return new QRCodeReader()
        .decode(new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(width, width, pixels))))
        .getText();
  }
}
