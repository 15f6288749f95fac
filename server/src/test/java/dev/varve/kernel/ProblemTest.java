package dev.varve.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemTest {
  @Test
  void wrongInputNamesItsFields() {
    Problem problem = Problem.invalid("email", "Invalid email format");

    assertThat(problem.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
    assertThat(problem.text()).isEqualTo("Invalid input data");
    assertThat(problem.details())
        .isEqualTo(List.of(new FieldError("email", "Invalid email format")));
  }

  @Test
  void aRefusalCarriesNoStackTrace() {
    assertThat(Problem.notFound("No such record").getStackTrace()).isEmpty();
  }
}
