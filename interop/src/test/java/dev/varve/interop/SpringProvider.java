package dev.varve.interop;

import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

/// Spring Authorization Server, with one client and one person.
final class SpringProvider implements AutoCloseable {
  static final String CLIENT = "varve";
  static final String SECRET = "secret-of-varve-at-spring";
  static final String NAME = "ada";
  static final String PASSWORD = "password-of-ada-at-spring";
  static final String EMAIL = "ada@spring.example";

  private final ConfigurableApplicationContext context;

  /// @param redirectUri where it sends browsers back
  SpringProvider(String redirectUri) {
    SpringApplication application = new SpringApplication(Setup.class);
    application.setDefaultProperties(
        Map.of(
            "server.port",
            "0",
            "server.address",
            "127.0.0.1",
            "varve.redirect-uri",
            redirectUri,
            "spring.main.banner-mode",
            "off"));
    this.context = application.run();
  }

  String url() {
    return "http://127.0.0.1:"
        + Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer()).getPort();
  }

  /// What Spring is told.
  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class Setup {
    @Bean
    RegisteredClientRepository clients(Environment environment) {
      return new InMemoryRegisteredClientRepository(
          RegisteredClient.withId(UUID.randomUUID().toString())
              .clientId(CLIENT)
              .clientSecret("{noop}" + SECRET)
              .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
              .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
              .redirectUri(environment.getRequiredProperty("varve.redirect-uri"))
              .scope("openid")
              .scope("email")
              .scope("profile")
              .build());
    }

    @Bean
    UserDetailsService users() {
      return new InMemoryUserDetailsManager(
          User.withUsername(NAME).password("{noop}" + PASSWORD).roles("USER").build());
    }

    @Bean
    OAuth2TokenCustomizer<JwtEncodingContext> claims() {
      return context -> {
        if (context.getTokenType().getValue().equals(OidcParameterNames.ID_TOKEN)) {
          context
              .getClaims()
              .claim("email", EMAIL)
              .claim("email_verified", true)
              .claim("name", "Ada");
        }
      };
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
