package dev.retouch.codegen;

import java.util.List;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import org.openapitools.codegen.CodegenModel;
import org.openapitools.codegen.CodegenProperty;
import org.openapitools.codegen.languages.JavaClientCodegen;

/**
 * The Java client generator with four differences:
 * <ul>
 * <li>an operation with two request content types becomes two methods, both of which answer in JSON. Streams of events
 * are read by the handwritten front, because a generated method would hold them back until the last one;
 * <li>no model has default values: a request says what the caller said and nothing else, so that the gateway's defaults,
 * which may differ by model and change with time, stay the gateway's;
 * <li>only Java sources are written, without the build files, documents and tests of a separate project;
 * <li>it prints no advertisement, because a good build is silent.
 * </ul>
 */
public class ClientSources extends JavaClientCodegen {

    @Override
    public void processOpts() {
        super.processOpts();
        setSplitOperationsByContentType(true);
        supportingFiles.removeIf(file -> !file.getDestinationFilename().endsWith(".java"));
    }

    @Override
    public List<Operation> divideOperationsByContentType(OpenAPI openAPI, String path, String httpMethod,
            Operation operation) {
        return RequestContentTypes
                .oneVariantEach(super.divideOperationsByContentType(openAPI, path, httpMethod, operation));
    }

    @Override
    public void postProcessModelProperty(CodegenModel model, CodegenProperty property) {
        super.postProcessModelProperty(model, property);
        property.defaultValue = null;
    }

    @Override
    public void postProcess() {}
}
