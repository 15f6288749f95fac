package dev.varve.interop;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.annotation.RegisteredOAuth2AuthorizedClient;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// An application as Spring's guides have it: its people sign in with the provider at an issuer, which is all that it is told.
final class SpringShop implements AutoCloseable {
  static final String CLIENT = "shop";

  private final ConfigurableApplicationContext context;

  SpringShop(int port, String issuer, String secret) {
    SpringApplication application = new SpringApplication(Setup.class);
    String registration = "spring.security.oauth2.client.registration.varve.";
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("server.port", port);
    properties.put("server.address", "127.0.0.1");
    properties.put("spring.main.banner-mode", "off");
    properties.put(registration + "client-id", CLIENT);
    properties.put(registration + "client-secret", secret);
    properties.put(registration + "scope", "openid,email,profile,offline_access");
    properties.put("spring.security.oauth2.client.provider.varve.issuer-uri", issuer);
    application.setDefaultProperties(properties);
    this.context = application.run();
  }

  static String redirectUri(int port) {
    return "http://127.0.0.1:%d/login/oauth2/code/varve".formatted(port);
  }

  /// What Spring is told.
  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class Setup {
    @Bean
    SecurityFilterChain everythingTakesASignIn(HttpSecurity http) {
      return http.authorizeHttpRequests(all -> all.anyRequest().authenticated())
          .oauth2Login(Customizer.withDefaults())
          .build();
    }

    @Bean
    Home home() {
      return new Home();
    }
  }

  /// Says who it is.
  @RestController
  static class Home {
    @GetMapping("/")
    Map<String, String> home(
        @AuthenticationPrincipal OidcUser user,
        @RegisteredOAuth2AuthorizedClient("varve") OAuth2AuthorizedClient client) {
      return Map.of(
          "subject",
          user.getSubject(),
          "email",
          user.getEmail(),
          "name",
          user.getFullName(),
          "accessToken",
          client.getAccessToken().getTokenValue());
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
