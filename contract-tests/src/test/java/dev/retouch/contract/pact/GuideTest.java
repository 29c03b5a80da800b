package dev.retouch.contract.pact;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import au.com.dius.pact.provider.junitsupport.State;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The guide for other teams lists every provider state, with its parameters and what it sets up, and names what there is. */
class GuideTest {

    private static final Path GUIDE = Path.of("PACTS.md");

    private static Stream<Method> states() {
        return Stream.of(KeyStates.class, TroubleStates.class)
                .flatMap(states -> Arrays.stream(states.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(State.class));
    }

    private static String row(Method method) {
        State state = method.getAnnotation(State.class);
        Takes takes = method.getAnnotation(Takes.class);
        String parameters = takes == null
                ? ""
                : Arrays.stream(takes.value()).map(each -> each.replaceFirst("^(\\w+)", "`$1`"))
                        .collect(Collectors.joining(", "));
        return "| %s | %s | %s |".formatted(state.value()[0], parameters, state.comment());
    }

    @Test
    void guideListsEveryState() throws IOException {
        List<String> rows = Files.readAllLines(GUIDE).stream()
                .dropWhile(line -> !line.startsWith("| state |")).skip(2).takeWhile(line -> line.startsWith("|"))
                .toList();
        assertThat(rows).containsExactlyInAnyOrderElementsOf(states().map(GuideTest::row).toList());
    }

    @Test
    void theExampleInJavaIsOneThatRuns() throws IOException {
        String example = Files.readString(
                Path.of("src/test/java/dev/retouch/contract/pact/ExamplePactTest.java"));
        assertThat(Files.readString(GUIDE))
                .contains("```java\n" + example.substring(example.indexOf("@PactConsumerTest")) + "```");
    }

    @Test
    void theGuideNamesTheSettings() throws IOException {
        assertThat(Files.readString(GUIDE)).contains(PactSettings.BROKER, PactSettings.TOKEN,
                "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS", "PACT_PROVIDER_VERSION", "PACT_PROVIDER_BRANCH",
                ConsumerPact.GATEWAY, "contract-tests/pacts");
    }
}
