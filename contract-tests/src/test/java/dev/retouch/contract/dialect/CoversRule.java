package dev.retouch.contract.dialect;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the rules of {@code dialects.yaml} that a test is about, each as {@code "B n-range"}. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface CoversRule {

    String[] value();
}
