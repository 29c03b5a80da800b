package dev.retouch.contract.pact;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * A run of the gateway's provider test inside another test, as the build runs it, with its own settings.
 *
 * @param kept the interactions that passed
 * @param failures the report for each interaction that failed
 */
record Verification(List<String> kept, List<String> failures) {

    /** Verifies; settings of the build around it that decide what is verified or published do not count. */
    static Verification with(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of(PactSettings.BROKER, "", PactSettings.PUBLISH, "false"));
        all.putAll(settings);
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(GatewayPactProviderTest.class)).configurationParameters(all)
                .build();
        List<String> kept = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
                    failures.add(said(test, result));
                } else if (test.isTest()) {
                    kept.add(test.getDisplayName());
                }
            }
        });
        return new Verification(List.copyOf(kept), List.copyOf(failures));
    }

    /** What a build shows of a failure: its message, and those of its causes. */
    private static String said(TestIdentifier test, TestExecutionResult result) {
        StringBuilder said = new StringBuilder(test.getDisplayName());
        for (Throwable cause = result.getThrowable().orElse(null); cause != null; cause = cause.getCause()) {
            said.append('\n').append(cause);
        }
        return said.toString();
    }
}
