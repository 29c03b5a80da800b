/**
 * The mock upstream for tests of other teams: {@link dev.retouch.mock.junit.RetouchSandbox} starts it in the process of a JUnit test. The
 * only package that knows JUnit, which the tests bring along.
 */
@NullMarked
package dev.retouch.mock.junit;

import org.jspecify.annotations.NullMarked;
