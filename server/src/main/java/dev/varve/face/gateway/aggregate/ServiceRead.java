package dev.varve.face.gateway.aggregate;

import dev.varve.face.gateway.upstream.UpstreamAnswer;
import dev.varve.face.gateway.upstream.UpstreamFailure;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Request;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/// What a service answers.
final class ServiceRead implements Source {
  private static final int PIECE_BYTES = 16 * 1024;
  // so long does it make sense to wait that others say so
  private static final int RETRY_SECONDS_DIGITS_MAX = 5;

  private final String service;
  private final Services services;
  private final int bytesMax;

  ServiceRead(String service, Services services, int bytesMax) {
    this.service = service;
    this.services = services;
    this.bytesMax = bytesMax;
  }

  @Override
  public Fetch fetch(
      String target, Optional<String> moment, Request request, Caller caller, Budget budget) {
    ServiceCall call = services.get(service, target, request, caller);
    return () -> {
      try (UpstreamAnswer answer = call.send()) {
        Fetched fetched = read(answer, budget);
        requireSuccess(answer);
        return fetched;
      } catch (UpstreamFailure failure) {
        throw call.told(failure);
      }
    };
  }

  private Fetched read(UpstreamAnswer answer, Budget budget) throws UpstreamFailure {
    OptionalLong length = answer.length();
    if (length.isPresent() && length.getAsLong() > bytesMax) {
      throw tooLarge();
    }
    byte[] bytes = new byte[(int) length.orElse(PIECE_BYTES) + 1];
    budget.hold(bytes.length);
    int filled = 0;
    int read = answer.read(bytes, 0, bytes.length);
    while (read >= 0) {
      filled += read;
      if (filled > bytesMax) {
        throw tooLarge();
      }
      budget.count(read);
      if (filled == bytes.length) {
        budget.hold(bytes.length);
        bytes = Arrays.copyOf(bytes, bytes.length * 2);
      }
      read = answer.read(bytes, filled, bytes.length - filled);
    }
    return new Fetched(bytes, filled, Optional.empty());
  }

  private Problem tooLarge() {
    return failed("answered more than the %,d bytes that are taken of it".formatted(bytesMax));
  }

  private Problem failed(String how) {
    return new Problem(ErrorCode.UPSTREAM_FAILED, "The service '%s' %s".formatted(service, how));
  }

  /// What a service refuses because of who asks or for what is for the caller to know, under the same status. A status that
  /// is about the request which Varve has made of it, such as 401 or 405, is a fault behind the gateway.
  private void requireSuccess(UpstreamAnswer answer) {
    int status = answer.status();
    if (status >= 200 && status < 300) {
      return;
    }
    String text = "The service '%s' answered %d".formatted(service, status);
    throw switch (status) {
      case 400 -> new Problem(ErrorCode.MALFORMED_REQUEST, text);
      case 403 -> new Problem(ErrorCode.FORBIDDEN, text);
      case 404, 410 -> Problem.notFound(text);
      case 422 -> new Problem(ErrorCode.RULE_VIOLATION, text);
      case 429 -> Problem.tooMany(text, retrySeconds(answer));
      case 503 -> new Problem(ErrorCode.UPSTREAM_UNAVAILABLE, text);
      case 504 -> new Problem(ErrorCode.UPSTREAM_TIMEOUT, text);
      default -> new Problem(ErrorCode.UPSTREAM_FAILED, text);
    };
  }

  private static long retrySeconds(UpstreamAnswer answer) {
    return answer.headers().stream()
        .filter(header -> header.is("Retry-After"))
        .map(header -> header.value().strip())
        .filter(text -> text.matches("\\d{1,%d}".formatted(RETRY_SECONDS_DIGITS_MAX)))
        .map(Long::parseLong)
        .findFirst()
        .orElse(1L);
  }
}
