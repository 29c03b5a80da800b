package dev.retouch.mock.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Starts a mock upstream for the tests of a class, on a free port with a new key, and closes it after the last test. Tests take a
 * {@link Sandbox} as a parameter of their constructor, of test methods, or of lifecycle methods. Journal and scenarios are cleared before
 * each test, so that tests of one class must not run concurrently. Nested classes share the sandbox of the outermost class.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SandboxExtension.class)
public @interface RetouchSandbox {
}
