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
import com.tngtech.archunit.junit.ArchTag;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

import dev.retouch.server.admission.ServerCapacity;
import dev.retouch.server.admission.rate.DatabaseRateLimiter;
import dev.retouch.server.admission.rate.InMemoryRateLimiter;
import dev.retouch.server.admission.slot.DatabaseConcurrencyLimiter;
import dev.retouch.server.admission.slot.InMemoryConcurrencyLimiter;
import dev.retouch.server.answer.EditResponses;
import dev.retouch.server.answer.EventRelay;
import dev.retouch.server.answer.InBandErrorWriter;
import dev.retouch.server.answer.KeepAliveResponder;
import dev.retouch.server.api.ContractDocument;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.catalog.CatalogService;
import dev.retouch.server.edit.EditAdmission;
import dev.retouch.server.edit.EditBilling;
import dev.retouch.server.edit.EditPipeline;
import dev.retouch.server.edit.EditRules;
import dev.retouch.server.edit.ImageValidator;
import dev.retouch.server.edit.ReturnedLinkFetcher;
import dev.retouch.server.error.ErrorCatalogue;
import dev.retouch.server.error.ErrorEnvelopes;
import dev.retouch.server.hosting.HostedImageStore;
import dev.retouch.server.hosting.UrlSigner;
import dev.retouch.server.http.HttpServer;
import dev.retouch.server.http.JerseyHandler;
import dev.retouch.server.http.Pages;
import dev.retouch.server.idempotency.IdempotencyRepository;
import dev.retouch.server.idempotency.IdempotentEditService;
import dev.retouch.server.idempotency.StoredResponseFiles;
import dev.retouch.server.image.Spool;
import dev.retouch.server.intake.FormEditRequestReader;
import dev.retouch.server.intake.JsonEditRequestReader;
import dev.retouch.server.intake.RequestBodyInterceptor;
import dev.retouch.server.key.Administration;
import dev.retouch.server.key.Authenticator;
import dev.retouch.server.moderation.ModerationClient;
import dev.retouch.server.moderation.Moderator;
import dev.retouch.server.observe.Metrics;
import dev.retouch.server.observe.Tracing;
import dev.retouch.server.storage.DiskStore;
import dev.retouch.server.storage.S3Store;
import dev.retouch.server.task.TaskFiles;
import dev.retouch.server.task.TaskRepository;
import dev.retouch.server.task.TaskRunner;
import dev.retouch.server.task.TaskService;
import dev.retouch.server.upstream.HttpUpstream;
import dev.retouch.server.upstream.UpstreamRegistry;

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

/** Checks which libraries and packages each package may use. Each rule states its reason. */
@ArchTag("slow")
@AnalyzeClasses(packages = "dev.retouch.server", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    private static final DescribedPredicate<JavaClass> HANDWRITTEN = resideInAPackage("dev.retouch.server..")
            .and(resideOutsideOfPackage("dev.retouch.server.contract.."));

    private static final Set<String> PART_NAMES = Stream
            .of(ContractDocument.class, EditResponses.class, EditPipeline.class,
                    EditRules.class, ErrorEnvelopes.class, InBandErrorWriter.class, EventRelay.class,
                    KeepAliveResponder.class,
                    FormEditRequestReader.class, JsonEditRequestReader.class,
                    ImageValidator.class,
                    ErrorCatalogue.class, HttpServer.class, JerseyHandler.class, Pages.class, HostedImageStore.class,
                    UrlSigner.class, Spool.class, RequestBodyInterceptor.class, Authenticator.class,
                    Administration.class,
                    Ledger.class, EditAdmission.class, EditBilling.class, ServerCapacity.class,
                    InMemoryConcurrencyLimiter.class, DatabaseConcurrencyLimiter.class,
                    InMemoryRateLimiter.class, DatabaseRateLimiter.class, Moderator.class, ModerationClient.class,
                    HttpUpstream.class, UpstreamRegistry.class, Metrics.class, IdempotentEditService.class,
                    IdempotencyRepository.class,
                    StoredResponseFiles.class, DiskStore.class, S3Store.class, TaskService.class, TaskRepository.class,
                    TaskFiles.class,
                    TaskRunner.class,
                    ReturnedLinkFetcher.class, CatalogService.class, Tracing.class)
            .map(Class::getName)
            .collect(Collectors.toUnmodifiableSet());

    private static final DescribedPredicate<JavaClass> COMPONENTS = DescribedPredicate
            .describe("a component of the gateway", type -> PART_NAMES.contains(type.getName()));

    @ArchTest
    static final ArchRule SERVER_DOES_NOT_DEPEND_ON_CLIENT = noClasses().should().dependOnClassesThat()
            .resideInAPackage("dev.retouch.client..")
            .because("server and client are generated from the contract independently, so that a mistake in one does"
                    + " not cancel a mistake in the other");

    @ArchTest
    static final ArchRule MOCK_UPSTREAM_ONLY_IN_APP = noClasses().that()
            .resideOutsideOfPackage("dev.retouch.server.app").should().dependOnClassesThat()
            .resideInAPackage("dev.retouch.mock..")
            .because("the sandbox is an upstream behind HTTP like any other, except for the composition root");

    @ArchTest
    static final ArchRule CORE_DOES_NOT_DEPEND_ON_API = noClasses().that()
            .resideOutsideOfPackages("dev.retouch.server.app", "dev.retouch.server.cli", "dev.retouch.server.api",
                    "dev.retouch.server.http")
            .should().dependOnClassesThat()
            .resideInAnyPackage("dev.retouch.server.app..", "dev.retouch.server.cli..", "dev.retouch.server.api..",
                    "dev.retouch.server.http..")
            .because("edits and administration must not change when the interface that calls them changes");

    @ArchTest
    static final ArchRule API_DOES_NOT_DEPEND_ON_HTTP_SERVER = noClasses().that()
            .resideInAPackage("dev.retouch.server.api")
            .should().dependOnClassesThat().resideInAnyPackage("dev.retouch.server.app..", "dev.retouch.server.http..")
            .because("the generated stubs and their delegates run in any JAX-RS container");

    @ArchTest
    static final ArchRule GENERATED_CODE_DOES_NOT_DEPEND_ON_HANDWRITTEN_CODE = noClasses().that()
            .resideInAPackage("dev.retouch.server.contract..").should().dependOnClassesThat(HANDWRITTEN)
            .because("it is generated from the contract alone; it calls handwritten code through generated interfaces");

    @ArchTest
    static final ArchRule JAX_RS_ONLY_IN_HTTP_PACKAGES = noClasses().that()
            .resideOutsideOfPackages("dev.retouch.server.contract..", "dev.retouch.server.api",
                    "dev.retouch.server.http", "dev.retouch.server.app", "dev.retouch.server.intake",
                    "dev.retouch.server.exchange")
            .should().dependOnClassesThat().resideInAPackage("jakarta.ws.rs..")
            .because("edits, their rules and their errors do not depend on HTTP; intake reads bodies for Jersey, and an"
                    + " exchange is a property of a Jersey request");

    @ArchTest
    static final ArchRule JERSEY_ONLY_IN_HTTP_PACKAGES = noClasses().that()
            .resideOutsideOfPackages("dev.retouch.server.contract..", "dev.retouch.server.api",
                    "dev.retouch.server.http", "dev.retouch.server.app", "dev.retouch.server.intake")
            .should().dependOnClassesThat()
            .resideInAPackage("org.glassfish.jersey..")
            .because("Jersey dispatches requests and has no other task");

    @ArchTest
    static final ArchRule HTTP_CLIENT_ONLY_IN_PACKAGES_THAT_CALL_SERVERS = noClasses().that()
            .resideOutsideOfPackages("dev.retouch.server.upstream..", "dev.retouch.server.fetch",
                    "dev.retouch.server.moderation")
            .should().dependOnClassesThat().resideInAPackage("org.eclipse.jetty.client..")
            .because(
                    "upstreams, image hosts and the moderation service are called in one package each, so that the HTTP"
                            + " client can be replaced there");

    @ArchTest
    static final ArchRule JETTY_SERVER_ONLY_IN_HTTP = noClasses().that()
            .resideOutsideOfPackage("dev.retouch.server.http").should().dependOnClassesThat()
            .resideInAPackage("org.eclipse.jetty.server..")
            .because("the container is an implementation choice of package http");

    @ArchTest
    static final ArchRule JETTY_ONLY_AT_BOTH_ENDS = noClasses().that()
            .resideOutsideOfPackages("dev.retouch.server.http", "dev.retouch.server.upstream..",
                    "dev.retouch.server.fetch", "dev.retouch.server.moderation", "dev.retouch.server.network")
            .should().dependOnClassesThat().resideInAPackage("org.eclipse.jetty..")
            .because("packages between the HTTP server and the HTTP clients do not depend on either");

    @ArchTest
    static final ArchRule PEM_FILES_ONLY_IN_HTTP = noClasses().that()
            .resideOutsideOfPackage("dev.retouch.server.http").should().dependOnClassesThat()
            .resideInAPackage("org.bouncycastle..")
            .because("Bouncy Castle only reads PEM files; all other cryptography is the JDK's");

    @ArchTest
    static final ArchRule COMPONENTS_ARE_CREATED_IN_APP = noClasses().that()
            .resideOutsideOfPackages("dev.retouch.server.app", "dev.retouch.server.cli").should()
            .callConstructorWhere(targetOwner(COMPONENTS).and(DescribedPredicate.describe("from another class",
                    access -> !access.getOriginOwner().equals(access.getTargetOwner()))))
            .because("app is the composition root: it shows the whole gateway, and no component creates another;"
                    + " commands run without a gateway and create what they need");

    @ArchTest
    static final ArchRule SQL_ONLY_IN_PACKAGES_WITH_TABLES = noClasses().that()
            .resideOutsideOfPackages("dev.retouch.server.database", "dev.retouch.server.key",
                    "dev.retouch.server.billing", "dev.retouch.server.admission..", "dev.retouch.server.idempotency",
                    "dev.retouch.server.task", "dev.retouch.server.catalog", "dev.retouch.server.retention")
            .should().dependOnClassesThat().resideInAnyPackage("org.jdbi..", "java.sql..")
            .because("each table is read and written by one package; package edit uses none of them directly");

    @ArchTest
    static final ArchRule DATABASE_DRIVERS_ONLY_IN_DATABASE = noClasses().that()
            .resideOutsideOfPackage("dev.retouch.server.database").should().dependOnClassesThat()
            .resideInAnyPackage("org.sqlite..", "org.postgresql..", "com.zaxxer..", "org.flywaydb..")
            .because("other packages work with SQLite and PostgreSQL without a difference");

    @ArchTest
    static final ArchRule IMAGES_DEPEND_ON_THE_JDK_ONLY = classes().that().resideInAPackage("dev.retouch.server.image")
            .should().onlyDependOnClassesThat()
            .resideInAnyPackage("dev.retouch.server.image", "dev.retouch.server.bytes", "java..", "javax.imageio..",
                    "org.jspecify..")
            .because("image code does not depend on what an image is used for");

    @ArchTest
    static final ArchRule BYTES_DEPEND_ON_THE_JDK_ONLY = classes().that().resideInAPackage("dev.retouch.server.bytes")
            .should().onlyDependOnClassesThat()
            .resideInAnyPackage("dev.retouch.server.bytes", "java..", "org.jspecify..")
            .because("a piece of memory does not depend on what lies in it");

    @ArchTest
    static final ArchRule SECRETS_DEPEND_ON_THE_JDK_ONLY = classes().that()
            .resideInAPackage("dev.retouch.server.secret").should()
            .onlyDependOnClassesThat().resideInAnyPackage("dev.retouch.server.secret", "java..", "org.jspecify..")
            .because("secret code does not depend on what a secret protects");

    @ArchTest
    static final ArchRule RETRIES_ONLY_IN_UPSTREAM = noClasses().that()
            .resideOutsideOfPackages("dev.retouch.server.upstream..", "dev.retouch.server.observe",
                    "dev.retouch.server.app", "dev.retouch.server.storage")
            .should().dependOnClassesThat().resideInAPackage("io.github.resilience4j..")
            .because("an edit that is dispatched twice may cost twice, so one package decides about retries;"
                    + " storage has a circuit breaker, and a file that is stored twice costs nothing");

    @ArchTest
    static final ArchRule OBJECT_STORE_CLIENT_ONLY_IN_STORAGE = noClasses().that()
            .resideOutsideOfPackage("dev.retouch.server.storage").should().dependOnClassesThat()
            .resideInAPackage("software.amazon.awssdk..")
            .because("other packages store files without knowing whether they are on a disk or in a bucket");

    @ArchTest
    static final ArchRule METRICS_ONLY_IN_OBSERVE = noClasses().that()
            .resideOutsideOfPackage("dev.retouch.server.observe")
            .should().dependOnClassesThat().resideInAPackage("io.micrometer..")
            .because("packages report events through interfaces of their own; observe turns them into metrics");

    @ArchTest
    static final ArchRule NO_CYCLES = slices().matching("dev.retouch.server.(*)..").should().beFreeOfCycles()
            .because("packages that depend on each other are one package with two names");

    @ArchTest
    static final ArchRule LOG_IS_SLF4J = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING
            .because("there is one log, slf4j, with one format and one level");

    @ArchTest
    static final ArchRule NO_STANDARD_STREAMS = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS
            .because("commands write to the streams of picocli, and all other code writes to the log");

    @ArchTest
    static final ArchRule STATIC_FIELDS_ARE_FINAL = fields().that().areStatic().and()
            .areDeclaredInClassesThat(HANDWRITTEN).should().beFinal()
            .because("two gateways in one process, as in tests, share nothing");

    @ArchTest
    static final ArchRule STATIC_FIELDS_ARE_IMMUTABLE = noFields().that().areStatic().and()
            .areDeclaredInClassesThat(HANDWRITTEN).should(haveAMutableType())
            .because("two gateways in one process, as in tests, share nothing");

    @ArchTest
    static final ArchRule TIME_IS_INJECTED = noClasses().that(HANDWRITTEN).should()
            .callMethod(System.class, "currentTimeMillis").orShould().callMethod(Instant.class, "now").orShould()
            .callMethod(LocalDate.class, "now")
            .because("code that depends on the time has a clock, so that a test can move it");

    @ArchTest
    static final ArchRule PACKAGES_ARE_NULL_MARKED = classes().that(HANDWRITTEN)
            .should(resideInANullMarkedPackage())
            .because("package-info.java documents the package and turns null checks on");

    private static ArchCondition<com.tngtech.archunit.core.domain.JavaField> haveAMutableType() {
        return new ArchCondition<>("have a mutable type") {
            @Override
            public void check(com.tngtech.archunit.core.domain.JavaField field, ConditionEvents events) {
                JavaClass type = field.getRawType();
                boolean collection = type.isAssignableTo(Collection.class) || type.isAssignableTo(Map.class);
                boolean mutable = (collection && !type.isInterface())
                        || type.getPackageName().equals("java.util.concurrent.atomic")
                        || type.isAssignableTo(ThreadLocal.class) || type.isAssignableTo(StringBuilder.class);
                events.add(new SimpleConditionEvent(field, mutable, field.getFullName() + " is a " + type.getName()));
            }
        };
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return new ArchCondition<>("reside in a package that is null-marked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                JavaPackage owner = type.getPackage();
                events.add(new SimpleConditionEvent(type, owner.isAnnotatedWith(NullMarked.class),
                        owner.getName() + " is not null-marked"));
            }
        };
    }

    @ArchTest
    static final ArchRule TRACES_ONLY_IN_OBSERVE = noClasses().that()
            .resideOutsideOfPackage("dev.retouch.server.observe").should().dependOnClassesThat()
            .resideInAPackage("io.opentelemetry..")
            .because(
                    "without an endpoint no class of OpenTelemetry is loaded, and no edit creates an object for a span");
}
