package dev.retouch.codegen;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.servers.Server;
import org.openapitools.codegen.CodegenModel;
import org.openapitools.codegen.CodegenOperation;
import org.openapitools.codegen.CodegenParameter;
import org.openapitools.codegen.CodegenProperty;
import org.openapitools.codegen.languages.JavaJerseyServerCodegen;

/**
 * The Jersey server generator with five differences:
 * <ul>
 * <li>an operation with two request content types becomes two resource methods, and each of them answers in every
 * content type of the operation. The generator's own split also divides by response, which Jersey calls ambiguous;
 * <li>a multipart method takes the whole form instead of one argument per field, because clients name the image parts
 * in ways that no list of fields can hold ({@code image[0]}, {@code image.0}), and because the order of the parts
 * across names and unknown names matter;
 * <li>templates (openapi/codegen/templates/server) pass the delegate to the constructor: the stock templates
 * look it up through a static factory;
 * <li>no model has default values: what the caller left out stays left out, and the model registry fills it in;
 * <li>the contract is written as JSON too, which the server reads in a fraction of the time that YAML takes.
 * </ul>
 */
public class ServerStubs extends JavaJerseyServerCodegen {

    private static final String MULTIPART = "multipart/form-data";
    private static final Path CONTRACT_JSON = Path.of("resources", "dev", "retouch", "contract", "openapi.json");

    @Override
    public void processOpts() {
        super.processOpts();
        setSplitOperationsByContentType(true);
        apiTemplateFiles.remove("apiServiceImpl.mustache");
        apiTemplateFiles.remove("apiServiceFactory.mustache");
        supportingFiles.clear();
    }

    @Override
    public List<Operation> divideOperationsByContentType(OpenAPI openAPI, String path, String httpMethod,
            Operation operation) {
        List<Operation> variants = RequestContentTypes
                .oneVariantEach(super.divideOperationsByContentType(openAPI, path, httpMethod, operation));
        variants.forEach(variant -> variant.setResponses(operation.getResponses()));
        return variants;
    }

    @Override
    public CodegenOperation fromOperation(String path, String httpMethod, Operation operation, List<Server> servers) {
        CodegenOperation generated = super.fromOperation(path, httpMethod, operation, servers);
        boolean takesForm = generated.consumes != null
                && generated.consumes.stream().anyMatch(type -> MULTIPART.equals(type.get("mediaType")));
        if (takesForm) {
            generated.allParams.removeIf(parameter -> parameter.isFormParam);
            generated.allParams.add(wholeForm());
        }
        return generated;
    }

    @Override
    public void postProcessModelProperty(CodegenModel model, CodegenProperty property) {
        super.postProcessModelProperty(model, property);
        property.defaultValue = null;
    }

    /** The stock generators print an advertisement here, and a good build is silent. */
    @Override
    public void postProcess() {
        try {
            ContractJson.write(Path.of(getInputSpec()), Path.of(getOutputDir()).resolve(CONTRACT_JSON));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CodegenParameter wholeForm() {
        CodegenParameter form = new CodegenParameter();
        form.isBodyParam = true;
        form.baseName = "form";
        form.paramName = "form";
        form.dataType = "org.glassfish.jersey.media.multipart.FormDataMultiPart";
        return form;
    }
}
