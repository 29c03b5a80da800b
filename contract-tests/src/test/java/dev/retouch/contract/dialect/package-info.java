/**
 * The dialects A to E, each held to every rule that its own page documents. {@code dialects.yaml} lists the rules, each test
 * says with {@link dev.retouch.contract.dialect.Proves} which of them it is about, and {@code CompatibilityReportTest} compares the
 * README's table and {@code COMPATIBILITY.md} with what the tests found. Beside them: what the gateway does with models,
 * parameters, answers and links in every dialect.
 */
@NullMarked
package dev.retouch.contract.dialect;

import org.jspecify.annotations.NullMarked;
