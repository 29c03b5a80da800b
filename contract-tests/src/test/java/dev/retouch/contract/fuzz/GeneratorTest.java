package dev.retouch.contract.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

import dev.retouch.contract.harness.Contract;

import static org.assertj.core.api.Assertions.assertThat;

/** A case can be had again, and every operation gets its share. */
class GeneratorTest {

    private static final int CASES = 1_000;
    private final JsonNode document = new Contract().tree();

    @Test
    void caseDependsOnlyOnSeedAndNumber() {
        List<byte[]> inOrder = bytes(new Generator(document, 7), IntStream.range(0, CASES));
        List<byte[]> backwards = bytes(new Generator(document, 7), IntStream.range(0, CASES).map(at -> CASES - 1 - at));
        assertThat(inOrder).usingElementComparator(Arrays::compare).containsExactlyElementsOf(backwards.reversed());
        assertThat(bytes(new Generator(document, 8), IntStream.range(0, CASES))).usingElementComparator(Arrays::compare)
                .isNotEqualTo(inOrder);
    }

    @Test
    void coversEveryOperationContentTypeAndDelivery() {
        Generator generator = new Generator(document, 1);
        List<Case> cases = IntStream.range(0, CASES).mapToObj(generator::of).toList();
        Set<String> tried = cases.stream().map(Case::operation).collect(Collectors.toSet());
        assertThat(tried).containsExactlyInAnyOrderElementsOf(Operation.of(document).stream()
                .map(operation -> operation.id() + " " + operation.mediaType()).toList());
        assertThat(cases.stream().map(Case::delivery).collect(Collectors.toSet())).contains(Case.Delivery.values());
    }

    private static List<byte[]> bytes(Generator generator, IntStream numbers) {
        return numbers.mapToObj(number -> generator.of(number).bytes(UnaryOperator.identity())).toList();
    }
}
