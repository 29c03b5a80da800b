package dev.retouch.contract;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

@AnalyzeClasses(packages = "dev.retouch.contract")
class ArchitectureTest {

    @ArchTest
    static final ArchRule KNOW_A_BASE_URL_ONLY = noClasses().that()
            .resideInAnyPackage("dev.retouch.contract", "dev.retouch.contract.pact").should().dependOnClassesThat()
            .resideInAPackage("dev.retouch.server..")
            .because(
                    "what these tests hold the gateway to is what its callers see; a test that knows the server's classes"
                            + " would pass on a mistake that both share. Only the harness may, to start a gateway");

    @ArchTest
    static final ArchRule HARNESS_STARTS_AND_NO_MORE = noClasses().that()
            .resideInAPackage("dev.retouch.contract.harness").should().dependOnClassesThat()
            .resideInAnyPackage("dev.retouch.server..api..", "dev.retouch.server..edit..",
                    "dev.retouch.server..error..", "dev.retouch.server..contract..")
            .because("starting a gateway takes its configuration and its composition root");

    @ArchTest
    static final ArchRule THE_REPORT_KNOWS_NO_SERVER = noClasses().that()
            .resideInAPackage("dev.retouch.contract.conformance..").and().haveSimpleNameNotEndingWith("Test").should()
            .dependOnClassesThat().resideInAnyPackage("dev.retouch.server..", "dev.retouch.mock..", "org.junit..",
                    "org.assertj..")
            .because("it is a program of its own, which people run against anybody's endpoint");

    @ArchTest
    static final ArchRule THE_REPORT_HAS_NO_CYCLES = slices().matching("dev.retouch.contract.conformance.(*)..")
            .should()
            .beFreeOfCycles()
            .because(
                    "what is right stands in cases and checks, and neither who sends nor who writes a page decides it");

    @ArchTest
    static final ArchRule EXCHANGES_ARE_HELD_AGAINST_THE_DOCUMENT_ALONE = noClasses().that()
            .resideInAPackage("dev.retouch.contract.exchange").should().dependOnClassesThat()
            .resideInAnyPackage("dev.retouch.server..", "dev.retouch.mock..", "dev.retouch.client..",
                    "dev.retouch.contract.harness..", "dev.retouch.contract.coverage..")
            .because(
                    "whoever watches must not see with the eyes of what is watched, and every gateway has a tap around it,"
                            + " so the harness needs this package and not the other way round");
}
