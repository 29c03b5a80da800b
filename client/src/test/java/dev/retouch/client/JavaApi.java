package dev.retouch.client;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** The API that programs compile against: all public and protected classes and members, with a line for each. */
record JavaApi(SortedSet<String> lines) {

    private static final String CLASS = ".class";

    JavaApi {
        lines = new TreeSet<>(lines);
    }

    /** Parses the lines of a file; the first line, {@code # 1.2.3}, is the version. */
    static JavaApi parse(List<String> lines) {
        return new JavaApi(new TreeSet<>(lines.subList(1, lines.size())));
    }

    /** The classes below a folder, loaded, but not run. */
    static JavaApi of(Path classes, ClassLoader loader) throws IOException, ReflectiveOperationException {
        SortedSet<String> lines = new TreeSet<>();
        List<Path> files;
        try (Stream<Path> found = Files.walk(classes)) {
            files = found.filter(file -> file.toString().endsWith(CLASS)).toList();
        }
        for (Path file : files) {
            String name = classes.relativize(file).toString().replace(file.getFileSystem().getSeparator(), ".");
            Class<?> type = Class.forName(name.substring(0, name.length() - CLASS.length()), false, loader);
            if (isVisible(type)) {
                lines.addAll(of(type));
            }
        }
        return new JavaApi(lines);
    }

    /** The lines of one class. */
    static SortedSet<String> of(Class<?> type) throws ReflectiveOperationException {
        SortedSet<String> lines = new TreeSet<>();
        String name = type.getTypeName();
        lines.add(name + ": " + type.toGenericString() + inherited(type));
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isVisible(constructor)) {
                lines.add(name + " " + constructor.toGenericString());
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (isVisible(method)) {
                lines.add(name + " " + withoutSynchronized(method)
                        .replace(name + "." + method.getName() + "(", method.getName() + "("));
            }
        }
        for (Field field : type.getDeclaredFields()) {
            if (isVisible(field)) {
                lines.add(name + " " + field.toGenericString().replace(name + "." + field.getName(), field.getName())
                        + constant(field));
            }
        }
        return lines;
    }

    /** Returns the lines of the other API that this API does not have. */
    List<String> missing(JavaApi other) {
        List<String> missing = new ArrayList<>(other.lines);
        missing.removeAll(lines);
        return List.copyOf(missing);
    }

    private static boolean isVisible(Class<?> type) {
        for (Class<?> outer = type; outer != null; outer = outer.getEnclosingClass()) {
            if (outer.isAnonymousClass() || outer.isLocalClass() || !isVisible(outer.getModifiers())) {
                return false;
            }
        }
        return !type.isSynthetic() && !type.getSimpleName().equals("package-info");
    }

    private static boolean isVisible(Member member) {
        return !member.isSynthetic() && isVisible(member.getModifiers());
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static String inherited(Class<?> type) {
        Type above = type.getGenericSuperclass();
        return (isInteresting(above) ? " extends " + above.getTypeName() : "")
                + Arrays.stream(type.getGenericInterfaces()).map(Type::getTypeName)
                        .collect(Collectors.joining(",", type.getGenericInterfaces().length == 0 ? "" : " implements ",
                                ""));
    }

    private static boolean isInteresting(@Nullable Type above) {
        return above != null && above != Object.class && above != Record.class;
    }

    /** A lock is nothing that callers see. */
    private static String withoutSynchronized(Method method) {
        String line = method.toGenericString();
        return Modifier.isSynchronized(method.getModifiers()) ? line.replaceFirst("synchronized ", "") : line;
    }

    /** The value of a constant, because the compiler copies it into the programs that use it. */
    private static String constant(Field field) throws IllegalAccessException {
        int modifiers = field.getModifiers();
        boolean inlined = field.getType().isPrimitive() || field.getType() == String.class;
        return inlined && Modifier.isPublic(modifiers) && Modifier.isStatic(modifiers) && Modifier.isFinal(modifiers)
                ? " = " + field.get(null)
                : "";
    }
}
