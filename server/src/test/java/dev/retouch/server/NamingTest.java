package dev.retouch.server;

import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.WriterInterceptor;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.eclipse.jetty.server.Handler;
import picocli.CommandLine.Command;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** Checks the suffixes of class names, so that a name says what kind of class it names. */
@AnalyzeClasses(packages = "dev.retouch.server", importOptions = DoNotIncludeTests.class)
class NamingTest {

    private static final DescribedPredicate<JavaClass> HANDWRITTEN = resideInAPackage("dev.retouch.server..")
            .and(resideOutsideOfPackage("dev.retouch.server.contract.."));

    private static final DescribedPredicate<JavaClass> GENERATED_SERVICE = DescribedPredicate.describe(
            "a generated service interface", type -> type.isInterface()
                    && type.getPackageName().equals("dev.retouch.server.contract")
                    && type.getSimpleName().endsWith("ApiService"));

    private static final DescribedPredicate<JavaClass> IMPLEMENTS_GENERATED_SERVICE = DescribedPredicate.describe(
            "implement a generated service interface",
            type -> type.getAllRawInterfaces().stream().anyMatch(GENERATED_SERVICE));

    @ArchTest
    static final ArchRule DELEGATES = classes().that(HANDWRITTEN).and(IMPLEMENTS_GENERATED_SERVICE).should()
            .haveSimpleNameEndingWith("Delegate")
            .because("the generated stub passes each operation to its delegate");

    @ArchTest
    static final ArchRule FILTERS = classes().that(HANDWRITTEN)
            .and(assignableTo(ContainerRequestFilter.class).or(assignableTo(ContainerResponseFilter.class)))
            .should().haveSimpleNameEndingWith("Filter").because("Jersey runs filters around every operation");

    @ArchTest
    static final ArchRule INTERCEPTORS = classes().that(HANDWRITTEN)
            .and(assignableTo(ReaderInterceptor.class).or(assignableTo(WriterInterceptor.class)))
            .should().haveSimpleNameEndingWith("Interceptor").because("Jersey runs interceptors around bodies");

    @ArchTest
    static final ArchRule EXCEPTION_MAPPERS = classes().that(HANDWRITTEN).and().areAssignableTo(ExceptionMapper.class)
            .should().haveSimpleNameEndingWith("ExceptionMapper")
            .because("Jersey turns exceptions into responses there");

    @ArchTest
    static final ArchRule HANDLERS = classes().that(HANDWRITTEN).and()
            .areAssignableTo(Handler.class).should().haveSimpleNameEndingWith("Handler")
            .because("the handlers of Jetty form the chain in HttpServer");

    @ArchTest
    static final ArchRule EXCEPTIONS = classes().that(HANDWRITTEN).and().areAssignableTo(Throwable.class).should()
            .haveSimpleNameEndingWith("Exception").because("a reader of a throw or catch must see an exception");

    @ArchTest
    static final ArchRule COMMANDS = classes().that(HANDWRITTEN).and().areAnnotatedWith(Command.class).should()
            .haveSimpleNameEndingWith("Command").because("picocli runs commands");

    @ArchTest
    static final ArchRule WIRINGS = classes().that(HANDWRITTEN).and().haveSimpleNameEndingWith("Wiring").should()
            .resideInAPackage("dev.retouch.server.app").because("only the composition root creates components");

    @ArchTest
    static final ArchRule NAMES_ARE_SPECIFIC = noClasses().that(HANDWRITTEN).should()
            .haveSimpleNameEndingWith("Utils").orShould().haveSimpleNameEndingWith("Util").orShould()
            .haveSimpleNameEndingWith("Helper").orShould().haveSimpleNameEndingWith("Manager").orShould()
            .haveSimpleNameEndingWith("Impl")
            .because("such a suffix does not say what the class does");
}
