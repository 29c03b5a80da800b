/**
 * Checks the dialects A to E against every rule that their own pages document. {@code dialects.yaml} lists the rules.
 * Each test states with {@link dev.retouch.contract.dialect.CoversRule} which of them it covers.
 * {@code CompatibilityReportTest} compares the README's table and {@code COMPATIBILITY.md} with the results. Further
 * tests cover models, parameters, responses and links in every dialect.
 */
@NullMarked
package dev.retouch.contract.dialect;

import org.jspecify.annotations.NullMarked;
