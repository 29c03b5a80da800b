/** Runs the targets of coverage-guided fuzzing over their seeds, in every build; the profile {@code fuzz} runs them under a fuzzer. */
@NullMarked
package dev.retouch.server.fuzz;

import org.jspecify.annotations.NullMarked;
