package dev.retouch.contract.dialect;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.jspecify.annotations.Nullable;

/**
 * A dialect as its own page documents it.
 *
 * @param is what it is, in a few words
 * @param rules what it promises, by the name that tests use
 */
record Dialect(String is, Map<String, Rule> rules) {

    /**
     * Something that a page promises.
     *
     * @param lines where the page says it
     * @param parameter what it is about
     * @param rule what is promised
     * @param later why it cannot be tested yet, where that is so
     */
    record Rule(String lines, String parameter, String rule, @Nullable String later) {}

    /** The classes whose tests prove the rules. */
    static final List<Class<?>> TESTS = List.of(DialectATest.class, DialectBTest.class, DialectCTest.class,
            DialectDTest.class, DialectETest.class, DialectGateTest.class);

    /** Every dialect, by its letter. */
    static Map<String, Dialect> all() {
        try (InputStream in = Dialect.class.getResourceAsStream("dialects.yaml")) {
            return new YAMLMapper().readValue(in, new TypeReference<LinkedHashMap<String, Dialect>>() {
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
