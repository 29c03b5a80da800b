package dev.retouch.server;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

import dev.retouch.server.admission.LocalRateLimits;
import dev.retouch.server.admission.LocalSlots;
import dev.retouch.server.admission.ServerRoom;
import dev.retouch.server.admission.SharedRateLimits;
import dev.retouch.server.admission.SharedSlots;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.document.ContractDocument;
import dev.retouch.server.edit.EditAnswers;
import dev.retouch.server.edit.EditPipeline;
import dev.retouch.server.edit.EditRules;
import dev.retouch.server.edit.ErrorEvents;
import dev.retouch.server.edit.EventRelay;
import dev.retouch.server.edit.FormIntake;
import dev.retouch.server.edit.JsonIntake;
import dev.retouch.server.edit.LateAnswers;
import dev.retouch.server.edit.LinkedImages;
import dev.retouch.server.edit.Preflight;
import dev.retouch.server.edit.Room;
import dev.retouch.server.edit.Till;
import dev.retouch.server.error.ErrorCatalogue;
import dev.retouch.server.error.ErrorDocuments;
import dev.retouch.server.front.FrontDoor;
import dev.retouch.server.front.JerseyHandler;
import dev.retouch.server.front.Pages;
import dev.retouch.server.hosting.HostedFiles;
import dev.retouch.server.hosting.LinkSigner;
import dev.retouch.server.idempotency.AnswerFiles;
import dev.retouch.server.idempotency.Claims;
import dev.retouch.server.idempotency.IdempotentEdits;
import dev.retouch.server.image.Spool;
import dev.retouch.server.intake.BodyReader;
import dev.retouch.server.key.Administration;
import dev.retouch.server.key.Authentication;
import dev.retouch.server.moderation.ModerationService;
import dev.retouch.server.moderation.Moderator;
import dev.retouch.server.observe.Metrics;
import dev.retouch.server.task.TaskFiles;
import dev.retouch.server.task.TaskResults;
import dev.retouch.server.task.TaskRunner;
import dev.retouch.server.task.TaskTable;
import dev.retouch.server.task.Tasks;
import dev.retouch.server.upstream.HttpUpstream;
import dev.retouch.server.upstream.Upstreams;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** Who may know whom. The reasons stand with the rules. */
@AnalyzeClasses(packages = "dev.retouch.server", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    private static final DescribedPredicate<JavaClass> HANDWRITTEN = resideInAPackage("dev.retouch.server..")
            .and(resideOutsideOfPackage("dev.retouch.server.contract.."));

    private static final Set<String> PART_NAMES = Stream
            .of(ContractDocument.class, EditAnswers.class, EditPipeline.class,
                    EditRules.class, ErrorDocuments.class, ErrorEvents.class, EventRelay.class, LateAnswers.class,
                    FormIntake.class, JsonIntake.class, LinkedImages.class,
                    Preflight.class,
                    ErrorCatalogue.class, FrontDoor.class, JerseyHandler.class, Pages.class, HostedFiles.class,
                    LinkSigner.class, Spool.class, BodyReader.class, Authentication.class, Administration.class,
                    Ledger.class, Room.class, Till.class, ServerRoom.class, LocalSlots.class, SharedSlots.class,
                    LocalRateLimits.class, SharedRateLimits.class, Moderator.class, ModerationService.class,
                    HttpUpstream.class, Upstreams.class, Metrics.class, IdempotentEdits.class, Claims.class,
                    AnswerFiles.class, Tasks.class, TaskTable.class, TaskFiles.class, TaskRunner.class,
                    TaskResults.class)
            .map(Class::getName)
            .collect(Collectors.toUnmodifiableSet());

    private static final DescribedPredicate<JavaClass> PARTS = DescribedPredicate
            .describe("a part of the gateway", type -> PART_NAMES.contains(type.getName()));

    private static final DescribedPredicate<JavaClass> SETTINGS = DescribedPredicate.describe("settings",
            type -> type.getPackageName().equals("dev.retouch.server.config") && !type.isEnum());

    @ArchTest
    static final ArchRule THE_CLIENT_IS_SOMEBODY_ELSE = noClasses().should().dependOnClassesThat()
            .resideInAPackage("dev.retouch.client..")
            .because("server and client are made from the one contract separately, so that a mistake in one cannot"
                    + " cancel a mistake in the other");

    @ArchTest
    static final ArchRule ONLY_THE_COMPOSITION_KNOWS_THE_MOCK = noClasses().that()
            .resideOutsideOfPackage("dev.retouch.server.app").should().dependOnClassesThat()
            .resideInAPackage("dev.retouch.mock..")
            .because("to everything else the sandbox is one more upstream behind HTTP, so that it behaves like one");

    @ArchTest
    static final ArchRule NOBODY_KNOWS_WHO_CALLS = noClasses().that()
            .resideOutsideOfPackages("dev.retouch.server.app", "dev.retouch.server.api", "dev.retouch.server.front")
            .should().dependOnClassesThat()
            .resideInAnyPackage("dev.retouch.server.app..", "dev.retouch.server.api..", "dev.retouch.server.front..")
            .because("the edit and what it needs must not change when the way in does");

    @ArchTest
    static final ArchRule DELEGATES_DO_NOT_KNOW_THE_DOOR = noClasses().that().resideInAPackage("dev.retouch.server.api")
            .should().dependOnClassesThat().resideInAnyPackage("dev.retouch.server.app..", "dev.retouch.server.front..")
            .because("the generated stubs and their delegates run behind any container; the door is one of them");

    @ArchTest
    static final ArchRule GENERATED_CODE_STANDS_ALONE = noClasses().that()
            .resideInAPackage("dev.retouch.server.contract..").should().dependOnClassesThat(HANDWRITTEN)
            .because("it is made from the contract alone; what it needs of us it gets as an interface of its own");

    @ArchTest
    static final ArchRule FEW_KNOW_HTTP = noClasses().that()
            .resideOutsideOfPackages("dev.retouch.server.contract..", "dev.retouch.server.api",
                    "dev.retouch.server.front", "dev.retouch.server.app", "dev.retouch.server.intake")
            .should().dependOnClassesThat().resideInAPackage("jakarta.ws.rs..")
            .because("an edit, its rules and its errors are not about HTTP; intake is, because Jersey hands it bodies");

    /** {@link FormIntake} is the exception: a form comes to it in Jersey's own type, which the generated stubs ask for. */
    @ArchTest
    static final ArchRule FEWER_KNOW_JERSEY = noClasses().that()
            .resideOutsideOfPackages("dev.retouch.server.contract..", "dev.retouch.server.api",
                    "dev.retouch.server.front", "dev.retouch.server.app", "dev.retouch.server.intake")
            .and().doNotBelongToAnyOf(FormIntake.class).should().dependOnClassesThat()
            .resideInAPackage("org.glassfish.jersey..")
            .because("Jersey is how requests come in, and nothing else");

    @ArchTest
    static final ArchRule FORM_INTAKE_KNOWS_JERSEYS_FORMS_ONLY = noClasses().that()
            .belongToAnyOf(FormIntake.class).should().dependOnClassesThat(resideInAPackage("org.glassfish.jersey..")
                    .and(resideOutsideOfPackage("org.glassfish.jersey.media.multipart")))
            .because("it is the one place where an edit meets the type of the generated stubs");

    @ArchTest
    static final ArchRule ONLY_WHO_ASKS_OTHERS_KNOWS_A_CLIENT = noClasses().that()
            .resideOutsideOfPackages("dev.retouch.server.upstream", "dev.retouch.server.fetch",
                    "dev.retouch.server.moderation")
            .should().dependOnClassesThat().resideInAPackage("org.eclipse.jetty.client..")
            .because(
                    "how upstreams, image hosts and the moderation service are reached is nobody else's matter, and can"
                            + " be exchanged there");

    @ArchTest
    static final ArchRule ONLY_THE_FRONT_KNOWS_ITS_SERVER = noClasses().that()
            .resideOutsideOfPackage("dev.retouch.server.front").should().dependOnClassesThat()
            .resideInAPackage("org.eclipse.jetty.server..")
            .because("the container is a choice of the front door");

    @ArchTest
    static final ArchRule NOBODY_ELSE_KNOWS_JETTY = noClasses().that()
            .resideOutsideOfPackages("dev.retouch.server.front", "dev.retouch.server.upstream",
                    "dev.retouch.server.fetch", "dev.retouch.server.moderation")
            .should().dependOnClassesThat().resideInAPackage("org.eclipse.jetty..")
            .because("neither side of the gateway shows through to what lies between");

    @ArchTest
    static final ArchRule ONLY_THE_FRONT_READS_CERTIFICATES = noClasses().that()
            .resideOutsideOfPackage("dev.retouch.server.front").should().dependOnClassesThat()
            .resideInAPackage("org.bouncycastle..")
            .because("what PEM files look like is known where connections are accepted; everything else uses the JDK");

    @ArchTest
    static final ArchRule ONE_PLACE_PUTS_IT_TOGETHER = noClasses().that()
            .resideOutsideOfPackage("dev.retouch.server.app").should().callConstructorWhere(targetOwner(PARTS))
            .because("app is the composition root: whoever reads it sees the whole gateway, and no part makes another");

    @ArchTest
    static final ArchRule FEW_WRITE_STATEMENTS = noClasses().that()
            .resideOutsideOfPackages("dev.retouch.server.store", "dev.retouch.server.key", "dev.retouch.server.billing",
                    "dev.retouch.server.admission", "dev.retouch.server.idempotency", "dev.retouch.server.task")
            .should().dependOnClassesThat().resideInAnyPackage("org.jdbi..", "java.sql..")
            .because("each table has one package that reads and writes it; the way of an edit knows none");

    @ArchTest
    static final ArchRule ONLY_THE_STORE_KNOWS_ITS_DATABASES = noClasses().that()
            .resideOutsideOfPackage("dev.retouch.server.store").should().dependOnClassesThat()
            .resideInAnyPackage("org.sqlite..", "org.postgresql..", "com.zaxxer..", "org.flywaydb..")
            .because("SQLite and PostgreSQL are exchanged for each other without anybody noticing");

    @ArchTest
    static final ArchRule SETTINGS_STAY_OUTSIDE = noClasses().that()
            .resideInAnyPackage("dev.retouch.server.edit", "dev.retouch.server.image", "dev.retouch.server.hosting",
                    "dev.retouch.server.key", "dev.retouch.server.secret", "dev.retouch.server.error",
                    "dev.retouch.server.api", "dev.retouch.server.front", "dev.retouch.server.billing",
                    "dev.retouch.server.admission", "dev.retouch.server.store", "dev.retouch.server.price",
                    "dev.retouch.server.idempotency", "dev.retouch.server.task")
            .should().dependOnClassesThat(SETTINGS)
            .because(
                    "a part is given what it needs, not the settings of everything; a choice among few is an enum there");

    @ArchTest
    static final ArchRule CHOICES_KNOW_NOBODY = classes().that().resideInAPackage("dev.retouch.server.policy").should()
            .onlyDependOnClassesThat().resideInAnyPackage("dev.retouch.server.policy", "java..", "org.jspecify..")
            .because("settings name them and edits follow them, so they must not lead from one to the other");

    @ArchTest
    static final ArchRule IMAGES_KNOW_NOBODY = classes().that().resideInAPackage("dev.retouch.server.image").should()
            .onlyDependOnClassesThat().resideInAnyPackage("dev.retouch.server.image", "java..", "org.jspecify..")
            .because("bytes are bytes, whatever they are used for");

    @ArchTest
    static final ArchRule SECRETS_KNOW_NOBODY = classes().that().resideInAPackage("dev.retouch.server.secret").should()
            .onlyDependOnClassesThat().resideInAnyPackage("dev.retouch.server.secret", "java..", "org.jspecify..")
            .because("what a secret is for is its owner's matter");

    @ArchTest
    static final ArchRule ONLY_UPSTREAMS_REPEAT = noClasses().that()
            .resideOutsideOfPackages("dev.retouch.server.upstream", "dev.retouch.server.observe",
                    "dev.retouch.server.app")
            .should().dependOnClassesThat().resideInAPackage("io.github.resilience4j..")
            .because("an edit that is sent twice may be paid twice, so one place decides what may be repeated");

    @ArchTest
    static final ArchRule ONE_PLACE_COUNTS = noClasses().that().resideOutsideOfPackage("dev.retouch.server.observe")
            .should().dependOnClassesThat().resideInAPackage("io.micrometer..")
            .because("whoever has something to count says so in words of its own, and one place knows how it is told");

    @ArchTest
    static final ArchRule NO_CYCLES = slices().matching("dev.retouch.server.(*)..").should().beFreeOfCycles()
            .because("packages that need each other are one package with two names");

    @ArchTest
    static final ArchRule ONE_LOG = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING
            .because("there is one log, slf4j, with one format and one level");

    @ArchTest
    static final ArchRule NO_STANDARD_STREAMS = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS
            .because("the command line writes to picocli's streams, and everything else to the log");

    @ArchTest
    static final ArchRule STATIC_FIELDS_ARE_FINAL = fields().that().areStatic().and()
            .areDeclaredInClassesThat(HANDWRITTEN).should().beFinal()
            .because("two gateways in one process, as in tests, share nothing");

    @ArchTest
    static final ArchRule STATIC_FIELDS_DO_NOT_CHANGE = noFields().that().areStatic().and()
            .areDeclaredInClassesThat(HANDWRITTEN).should(haveATypeMadeToChange())
            .because("two gateways in one process, as in tests, share nothing");

    @ArchTest
    static final ArchRule NAMES_SAY_SOMETHING = noClasses().should()
            .haveSimpleNameEndingWith("Utils").orShould().haveSimpleNameEndingWith("Util").orShould()
            .haveSimpleNameEndingWith("Helper").orShould().haveSimpleNameEndingWith("Manager").orShould()
            .haveSimpleNameEndingWith("Impl")
            .because("such a name says that nobody knew what the class is for");

    @ArchTest
    static final ArchRule TIME_IS_GIVEN = noClasses().that(HANDWRITTEN).should()
            .callMethod(System.class, "currentTimeMillis").orShould().callMethod(Instant.class, "now").orShould()
            .callMethod(LocalDate.class, "now")
            .because("whatever depends on the time has a clock, so that a test can move it");

    @ArchTest
    static final ArchRule EVERY_PACKAGE_INTRODUCES_ITSELF = classes().that(HANDWRITTEN)
            .should(liveInANullMarkedPackage())
            .because("package-info.java says what a package does and never does, and that null is checked in it");

    private static ArchCondition<com.tngtech.archunit.core.domain.JavaField> haveATypeMadeToChange() {
        return new ArchCondition<>("have a type that is made to change") {
            @Override
            public void check(com.tngtech.archunit.core.domain.JavaField field, ConditionEvents events) {
                JavaClass type = field.getRawType();
                boolean container = type.isAssignableTo(Collection.class) || type.isAssignableTo(Map.class);
                boolean changes = (container && !type.isInterface())
                        || type.getPackageName().equals("java.util.concurrent.atomic")
                        || type.isAssignableTo(ThreadLocal.class) || type.isAssignableTo(StringBuilder.class);
                events.add(new SimpleConditionEvent(field, changes, field.getFullName() + " is a " + type.getName()));
            }
        };
    }

    private static ArchCondition<JavaClass> liveInANullMarkedPackage() {
        return new ArchCondition<>("live in a package that is null-marked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                JavaPackage home = type.getPackage();
                events.add(new SimpleConditionEvent(type, home.isAnnotatedWith(NullMarked.class),
                        home.getName() + " is not null-marked"));
            }
        };
    }
}
