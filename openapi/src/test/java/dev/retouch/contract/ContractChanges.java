package dev.retouch.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.parameters.Parameter;
import org.jspecify.annotations.Nullable;
import org.openapitools.openapidiff.core.OpenApiCompare;
import org.openapitools.openapidiff.core.compare.OpenApiDiffOptions;
import org.openapitools.openapidiff.core.model.BackwardIncompatibleProp;
import org.openapitools.openapidiff.core.model.ChangedContent;
import org.openapitools.openapidiff.core.model.ChangedHeaders;
import org.openapitools.openapidiff.core.model.ChangedOpenApi;
import org.openapitools.openapidiff.core.model.ChangedOperation;
import org.openapitools.openapidiff.core.model.ChangedParameter;
import org.openapitools.openapidiff.core.model.ChangedParameters;
import org.openapitools.openapidiff.core.model.ChangedRequestBody;
import org.openapitools.openapidiff.core.model.ChangedResponse;

/** Lists all differences between two contracts, as found and judged by openapi-diff. */
final class ContractChanges {

    private final List<Change> changes = new ArrayList<>();

    private ContractChanges() {}

    static List<Change> between(ContractTree published, ContractTree current) {
        ContractChanges found = new ContractChanges();
        found.tell(OpenApiCompare.fromContents(published.root().toString(), current.root().toString(), List.of(),
                OpenApiDiffOptions.builder()
                        // generated clients call their methods after it
                        .configProperty(BackwardIncompatibleProp.OPERATION_ID_CHANGED.getPropertyName(), "true")
                        .configProperty(BackwardIncompatibleProp.REQUEST_MIN_LENGTH_INCREASED.getPropertyName(),
                                "true")
                        .build()));
        found.credentials(published, current);
        found.changes.addAll(ErrorChanges.between(published, current));
        return List.copyOf(found.changes);
    }

    private void tell(ChangedOpenApi document) {
        document.getMissingEndpoints().forEach(endpoint -> add(true, "the operation is gone", endpoint.getMethod() + " "
                + endpoint.getPathUrl()));
        document.getNewEndpoints().forEach(endpoint -> add(false, "the operation is new", endpoint.getMethod() + " "
                + endpoint.getPathUrl()));
        document.getChangedOperations().forEach(this::tell);
    }

    private void tell(ChangedOperation operation) {
        String where = operation.getHttpMethod() + " " + operation.getPathUrl();
        int before = changes.size();
        if (operation.isDeprecated()) {
            add(false, "the operation is deprecated", where);
        }
        if (operation.getOperationId() != null && operation.getOperationId().isIncompatible()) {
            add(true, "the operation has another operationId (" + operation.getOldOperation().getOperationId() + " -> "
                    + operation.getNewOperation().getOperationId() + ")", where);
        }
        if (operation.resultSecurityRequirements().isDifferent()) {
            add(operation.resultSecurityRequirements().isIncompatible(), "the operation takes other credentials",
                    where);
        }
        ifThere(operation.getParameters(), parameters -> parameters(where, parameters));
        ifThere(operation.getRequestBody(), body -> request(where, body));
        ifThere(operation.getApiResponses(), answers -> {
            answers.getMissing().keySet().forEach(status -> add(true, "answer " + status + " is gone", where));
            answers.getIncreased().keySet().forEach(status -> add(false, "answer " + status + " is new", where));
            answers.getChanged().forEach((status, answer) -> answer(where + ", answer " + status, answer));
        });
        boolean told = changes.subList(before, changes.size()).stream().anyMatch(Change::breaks);
        if (operation.isIncompatible() && !told) {
            add(true, "something differs that openapi-diff calls incompatible and that no line here can name", where);
        }
    }

    /** openapi-diff does not see that an operation loses its own rule and falls under the document's. */
    private void credentials(ContractTree published, ContractTree current) {
        Map<String, JsonNode> before = credentials(published);
        credentials(current).forEach((operation, now) -> {
            if (!before.getOrDefault(operation, now).equals(now)) {
                add(!now.isEmpty(), "the operation takes other credentials", operation);
            }
        });
    }

    private static Map<String, JsonNode> credentials(ContractTree contract) {
        return contract.operations().stream().collect(Collectors.toMap(
                operation -> operation.method().toUpperCase(Locale.ROOT) + " " + operation.path(),
                operation -> operation.node().has("security")
                        ? operation.node().path("security")
                        : contract.root().path("security")));
    }

    private void parameters(String where, ChangedParameters parameters) {
        parameters.getMissing().forEach(parameter -> add(true, named(parameter) + " is gone", where));
        parameters.getIncreased().forEach(parameter -> {
            boolean required = Boolean.TRUE.equals(parameter.getRequired());
            add(required, named(parameter) + " is new" + (required ? " and required" : ""), where);
        });
        parameters.getChanged().forEach(parameter -> parameter(where, parameter));
    }

    private void parameter(String where, ChangedParameter parameter) {
        String name = named(parameter.getNewParameter());
        if (parameter.isChangeRequired()) {
            boolean required = Boolean.TRUE.equals(parameter.getNewParameter().getRequired());
            add(required, name + (required ? " is required now" : " is not required any more"), where);
        }
        if (parameter.isChangeStyle() || parameter.isChangeExplode() || parameter.isChangeAllowEmptyValue()) {
            add(parameter.isCoreChanged().isIncompatible(), name + " is written otherwise", where);
        }
        if (parameter.isDeprecated()) {
            add(false, name + " is deprecated", where);
        }
        new SchemaChanges(where + ", " + name, changes::add).tell(parameter.getSchema());
    }

    private void request(String where, ChangedRequestBody body) {
        if (body.isChangeRequired()) {
            boolean required = Boolean.TRUE.equals(body.getNewRequestBody().getRequired());
            add(required, required ? "a body is required now" : "a body is not required any more", where);
        }
        ifThere(body.getContent(), content -> content(where + ", request", content));
    }

    private void answer(String where, ChangedResponse answer) {
        ifThere(answer.getHeaders(), headers -> headers(where, headers));
        ifThere(answer.getContent(), content -> content(where, content));
    }

    private void headers(String where, ChangedHeaders headers) {
        headers.getMissing().keySet().forEach(name -> add(true, "header '" + name + "' is gone", where));
        headers.getIncreased().keySet().forEach(name -> add(false, "header '" + name + "' is new", where));
        headers.getChanged().forEach((name, header) -> {
            if (header.isRequired()) {
                add(header.isCoreChanged().isIncompatible(), "header '" + name + "' is required or no longer so",
                        where);
            }
            new SchemaChanges(where + ", header '" + name + "'", changes::add).tell(header.getSchema());
        });
    }

    private void content(String where, ChangedContent content) {
        for (Map.Entry<String, MediaType> type : content.getMissing().entrySet()) {
            add(true, "content type " + type.getKey() + " is gone", where);
        }
        for (Map.Entry<String, MediaType> type : content.getIncreased().entrySet()) {
            add(false, "content type " + type.getKey() + " is new", where);
        }
        content.getChanged().forEach((type, media) -> new SchemaChanges(where + " (" + type + ")", changes::add)
                .tell(media.getSchema()));
    }

    private void add(boolean breaks, String what, String where) {
        changes.add(new Change(breaks, what, where));
    }

    private static <T> void ifThere(@Nullable T changed, Consumer<T> telling) {
        if (changed != null) {
            telling.accept(changed);
        }
    }

    private static String named(Parameter parameter) {
        return "parameter '" + parameter.getName() + "' in " + parameter.getIn();
    }
}
