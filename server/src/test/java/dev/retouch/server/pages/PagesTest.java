package dev.retouch.server.pages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/** Checks that the pages of the repository name only what exists: links, headings, classes and settings. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesTest {

    private static final Path REPOSITORY = WrittenPage.REPOSITORY;
    private static final Path PACKAGES = REPOSITORY.resolve("server/src/main/java/dev/retouch/server");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
    /** Two humps at least, so that words such as Retouch and Java are no classes. */
    private static final Pattern CLASS_NAME = Pattern.compile("[A-Z][a-z]+(?:[A-Z][a-z0-9]+)+");
    private static final Pattern TYPE = Pattern
            .compile("\\b(?:class|interface|record|enum|@interface)\\s+([A-Z][A-Za-z0-9]*)");
    /** No file name, such as {@code sandbox.key}. */
    private static final Pattern SETTING = Pattern
            .compile("[a-z]+\\.(?!(?:key|md|py|svg|ts|yaml)$)[a-z][a-z0-9-]*");
    /** Jetty's, and schemas of the contract. */
    private static final Set<String> OTHER_CLASSES = Set.of("GracefulHandler", "ImageEditForm", "ImageEditJson",
            "ErrorCode", "ErrorMessage", "ReadWriteMany");
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
    private static final List<String> SOURCE_FOLDERS = List.of("server", "client", "mock-upstream", "contract-tests",
            "openapi", "bench");
    private static final List<String> OTHER_PAGES = List.of("CHANGELOG.md", "bench/README.md",
            "client/OTHER-LANGUAGES.md", "contract-tests/CONFORMANCE.md", "contract-tests/PACTS.md");

    private final List<Path> pages = new ArrayList<>();

    @BeforeAll
    void findPages() throws IOException {
        pages.add(REPOSITORY.resolve("README.md"));
        pages.add(REPOSITORY.resolve("CONTRIBUTING.md"));
        try (Stream<Path> docs = Files.walk(REPOSITORY.resolve("docs"))) {
            docs.filter(path -> path.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        assertThat(pages).hasSizeGreaterThan(20);
    }

    @Test
    void everyLinkLeadsToAFileAndAHeading() throws IOException {
        List<String> broken = new ArrayList<>();
        List<Path> all = new ArrayList<>(pages);
        OTHER_PAGES.forEach(page -> all.add(REPOSITORY.resolve(page)));
        for (Path page : all) {
            for (String link : found(LINK, withoutBlocks(page))) {
                if (link.matches("https?://.*")) {
                    continue;
                }
                String[] parts = link.split("#", 2);
                Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
                boolean found = Files.exists(target)
                        && (parts.length == 1 || headings(target).contains(parts[1]));
                if (!found) {
                    broken.add(REPOSITORY.relativize(page) + ": " + link);
                }
            }
        }
        assertThat(broken).as("broken links").isEmpty();
    }

    @Test
    void everyClassExists() throws IOException {
        Set<String> types = types();
        List<String> unknown = new ArrayList<>();
        for (Path page : pages) {
            for (String code : found(CODE, withoutBlocks(page))) {
                String name = code.replaceFirst("\\(.*", "").replaceFirst("\\..*", "").replaceFirst("^new ", "");
                if (CLASS_NAME.matcher(name).matches() && !OTHER_CLASSES.contains(name) && !types.contains(name)) {
                    unknown.add(REPOSITORY.relativize(page) + ": " + code);
                }
            }
        }
        assertThat(unknown).as("classes that do not exist").isEmpty();
    }

    @Test
    void everySettingExists() throws IOException {
        JsonNode defaults = new YAMLMapper().readTree(
                REPOSITORY.resolve("server/src/main/resources/dev/retouch/server/defaults.yaml").toFile());
        List<String> unknown = new ArrayList<>();
        for (Path page : pages) {
            for (String code : found(CODE, withoutBlocks(page))) {
                String name = code.replaceFirst(":.*", "");
                if (!SETTING.matcher(name).matches()) {
                    continue;
                }
                String[] parts = name.split("\\.");
                if (defaults.path(parts[0]).isObject() && !defaults.path(parts[0]).has(parts[1])
                        && !Files.isDirectory(PACKAGES.resolve(name.replace('.', '/')))) {
                    unknown.add(REPOSITORY.relativize(page) + ": " + code);
                }
            }
        }
        assertThat(unknown).as("settings that do not exist").isEmpty();
    }

    @Test
    void everyPageIsInItsIndex() throws IOException {
        assertIndexed(REPOSITORY.resolve("docs"));
        assertIndexed(REPOSITORY.resolve("docs/decisions"));
    }

    @Test
    void readmeIsShort() throws IOException {
        assertThat(Files.readAllLines(REPOSITORY.resolve("README.md"))).hasSizeLessThanOrEqualTo(120);
    }

    private static void assertIndexed(Path folder) throws IOException {
        List<String> links = found(LINK, Files.readString(folder.resolve("README.md")));
        try (Stream<Path> files = Files.list(folder)) {
            Set<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".md") && !name.equals("README.md")).collect(Collectors.toSet());
            assertThat(links).as("links of %s", folder).containsAll(names);
        }
    }

    /** Every type that a source file declares, nested ones too. */
    private static Set<String> types() throws IOException {
        Set<String> types = new HashSet<>();
        for (String folder : SOURCE_FOLDERS) {
            try (Stream<Path> files = Files.walk(REPOSITORY.resolve(folder).resolve("src"))) {
                for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    types.addAll(found(TYPE, Files.readString(file)));
                }
            }
        }
        // alert rules are named in the same form
        types.addAll(found(ALERT, Files.readString(REPOSITORY.resolve("deploy/monitoring/alerts.yaml"))));
        return types;
    }

    /** The anchors of a page's headings, as GitHub makes them. */
    private static Set<String> headings(Path page) throws IOException {
        return found(Pattern.compile("(?m)^#+ (.*)$"), withoutBlocks(page)).stream()
                .map(heading -> heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static String withoutBlocks(Path page) throws IOException {
        return Files.readString(page).replaceAll("(?s)\n```.*?\n```", "\n");
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }
}
