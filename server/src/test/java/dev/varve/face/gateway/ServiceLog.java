package dev.varve.face.gateway;

import dev.varve.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// What the log of the process tells of a service while it is open.
final class ServiceLog implements AutoCloseable {
  // held here, or it would be collected with its handlers
  private static final Logger LOGGER = Logger.getLogger("dev.varve.services");

  private final String service;
  private final List<Map<?, ?>> lines = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        private final SimpleFormatter format = new SimpleFormatter();

        @Override
        public void publish(LogRecord line) {
          byte[] text = format.formatMessage(line).getBytes(StandardCharsets.UTF_8);
          if (Json.read(text) instanceof Map<?, ?> event && service.equals(event.get("service"))) {
            lines.add(event);
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private ServiceLog(String service) {
    this.service = service;
    LOGGER.addHandler(handler);
  }

  static ServiceLog of(String service) {
    return new ServiceLog(service);
  }

  /// The kinds of events, in their order.
  List<String> kinds() {
    return lines.stream().map(line -> String.valueOf(line.get("kind"))).toList();
  }

  List<Map<?, ?>> lines() {
    return lines;
  }

  @Override
  public void close() {
    LOGGER.removeHandler(handler);
  }
}
