package dev.retouch.contract;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

import io.swagger.v3.oas.models.media.Schema;
import org.jspecify.annotations.Nullable;
import org.openapitools.openapidiff.core.model.Changed;
import org.openapitools.openapidiff.core.model.ChangedList;
import org.openapitools.openapidiff.core.model.ChangedSchema;
import org.openapitools.openapidiff.core.model.schema.ChangedOneOfSchema;

/**
 * Lists the differences within a schema. Stricter than openapi-diff in two ways: a field that is gone breaks a client in a
 * request too, because unknown parameters are refused, and in an answer even if it was optional; and another format is another
 * type in a generated client.
 */
final class SchemaChanges {

    /** A bound or switch of a schema: its name, its path, and how openapi-diff judges its difference. */
    private record Facet(String name, Function<Schema<?>, @Nullable Object> value,
            Function<ChangedSchema, @Nullable Changed> judged) {}

    private static final List<Facet> FACETS = List.of(
            new Facet("longest text", Schema::getMaxLength, ChangedSchema::getMaxLength),
            new Facet("shortest text", Schema::getMinLength, ChangedSchema::getMinLength),
            new Facet("range", schema -> schema.getMinimum() + " to " + schema.getMaximum(),
                    ChangedSchema::getNumericRange),
            new Facet("step", Schema::getMultipleOf, ChangedSchema::getMultipleOf),
            new Facet("longest list", Schema::getMaxItems, ChangedSchema::getMaxItems),
            new Facet("shortest list", Schema::getMinItems, ChangedSchema::getMinItems),
            new Facet("most fields", Schema::getMaxProperties, ChangedSchema::getMaxProperties),
            new Facet("fewest fields", Schema::getMinProperties, ChangedSchema::getMinProperties),
            new Facet("null", Schema::getNullable, ChangedSchema::getNullable),
            new Facet("uniqueness", Schema::getUniqueItems, ChangedSchema::getUniqueItems),
            new Facet("pattern", Schema::getPattern, ChangedSchema::getPattern),
            new Facet("read-only", Schema::getReadOnly, ChangedSchema::getReadOnly),
            new Facet("write-only", Schema::getWriteOnly, ChangedSchema::getWriteOnly));

    private final String where;
    private final Consumer<Change> found;
    private final Set<ChangedSchema> underWay = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * @param where the operation, and the request, parameter or answer whose schema it is
     * @param found takes every difference
     */
    SchemaChanges(String where, Consumer<Change> found) {
        this.where = where;
        this.found = found;
    }

    /** Lists the differences of a schema and its properties. Empty if openapi-diff found none. */
    void tell(@Nullable ChangedSchema schema) {
        tell("", schema);
    }

    private void tell(String path, @Nullable ChangedSchema schema) {
        if (schema == null || !underWay.add(schema)) {
            return;
        }
        if (schema.getOldSchema() == null || schema.getNewSchema() == null) {
            add(true, named(path) + (schema.getOldSchema() == null ? " has a schema now" : " has no schema any more"));
        } else {
            itself(path, schema);
            lists(path, schema);
        }
        fields(path, schema);
        tell(path + "[]", schema.getItems());
        tell(below(path, "*"), schema.getAddProp());
        choices(path, schema.getOneOfSchema());
        underWay.remove(schema);
    }

    private void itself(String path, ChangedSchema schema) {
        Schema<?> before = schema.getOldSchema();
        Schema<?> after = schema.getNewSchema();
        differs(schema.isChangedType(), true, path, "type", before.getType(), after.getType());
        differs(schema.isChangeFormat(), true, path, "format", before.getFormat(), after.getFormat());
        differs(schema.isChangeDefault(), false, path, "default", before.getDefault(), after.getDefault());
        if (schema.isChangeDeprecated()) {
            add(false, named(path) + " is deprecated or no longer so");
        }
        for (Facet facet : FACETS) {
            Changed judged = facet.judged().apply(schema);
            differs(judged != null && judged.isDifferent(), judged != null && judged.isIncompatible(), path,
                    facet.name(), facet.value().apply(before), facet.value().apply(after));
        }
    }

    private void differs(boolean differs, boolean breaks, String path, String name, @Nullable Object before,
            @Nullable Object after) {
        if (differs) {
            add(breaks, named(path) + " has another " + name + " (" + before + " -> " + after + ")");
        }
    }

    private void lists(String path, ChangedSchema schema) {
        ChangedList<?> values = schema.getEnumeration();
        if (values != null) {
            values.getMissing().forEach(value -> add(values.isIncompatible(), "value '" + value + "' of " + named(path)
                    + " is gone"));
            values.getIncreased().forEach(value -> add(values.isIncompatible(), "value '" + value + "' of "
                    + named(path) + " is new"));
        }
        ChangedList<String> required = schema.getRequired();
        if (required != null) {
            required.getIncreased().forEach(field -> add(required.isIncompatible(), named(below(path, field))
                    + " is required now"));
            required.getMissing().forEach(field -> add(required.isIncompatible(), named(below(path, field))
                    + " is not required any more"));
        }
    }

    private void fields(String path, ChangedSchema schema) {
        schema.getMissingProperties().keySet().forEach(field -> add(true, named(below(path, field)) + " is gone"));
        schema.getIncreasedProperties().keySet().forEach(field -> add(false, named(below(path, field)) + " is new"));
        for (Map.Entry<String, ChangedSchema> field : schema.getChangedProperties().entrySet()) {
            tell(below(path, field.getKey()), field.getValue());
        }
    }

    private void choices(String path, @Nullable ChangedOneOfSchema choices) {
        if (choices == null) {
            return;
        }
        boolean breaks = choices.isCoreChanged().isIncompatible();
        choices.getMissing().keySet().forEach(name -> add(breaks, named(path) + " cannot be '" + name + "' any more"));
        choices.getIncreased().keySet().forEach(name -> add(breaks, named(path) + " can be '" + name + "' now"));
        choices.getChanged().values().forEach(choice -> tell(path, choice));
    }

    private void add(boolean breaks, String what) {
        found.accept(new Change(breaks, what, where));
    }

    private static String below(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    private static String named(String path) {
        return path.isEmpty() ? "the value" : "field '" + path + "'";
    }
}
