package dev.retouch.contract.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.client.ImageEdit;
import dev.retouch.client.RetouchClient;
import dev.retouch.client.RetouchException;
import dev.retouch.client.model.ImagesResponse;
import dev.retouch.contract.harness.ContractFiles;
import dev.retouch.mock.junit.RetouchSandbox;
import dev.retouch.mock.junit.Sandbox;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The example of the quickstart, which {@code ReadmeTest} compares with this file. */
@RetouchSandbox
class SandboxExampleTest {

    @TempDir
    private static Path folder;
    private final Path input;

    SandboxExampleTest() throws IOException {
        input = Files.write(folder.resolve("input.png"), ContractFiles.example("input.png"));
    }

    // the block of the page begins here
    @Test
    void ourCodeEditsAnImage(Sandbox sandbox) {
        try (RetouchClient retouch = RetouchClient.at(sandbox.baseUrl()).withKey(sandbox.key())) {
            ImagesResponse answer = retouch.edit(ImageEdit.of(input).prompt("a red balloon").size("1024x1024"));
            assertThat(answer.getData()).hasSize(1);
            assertThat(sandbox.journal().last().orElseThrow().field("prompt")).contains("a red balloon");
        }
    }

    @Test
    void ourCodeSurvivesARefusal(Sandbox sandbox) {
        sandbox.scenarios().always(Scenario.status(400));
        try (RetouchClient retouch = RetouchClient.at(sandbox.baseUrl()).withKey(sandbox.key())) {
            assertThatThrownBy(() -> retouch.edit(ImageEdit.of(input).prompt("a red balloon")))
                    .isInstanceOf(RetouchException.class);
        }
    }
    // the block of the page ends here
}
