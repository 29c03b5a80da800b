package dev.retouch.contract.pact;

import au.com.dius.pact.core.support.expressions.ValueResolver;
import au.com.dius.pact.provider.junit5.PactVerificationInvocationContextProvider;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Hands pact the settings of this build in place of system properties alone. */
public final class ConfiguredPacts extends PactVerificationInvocationContextProvider {

    @Override
    protected ValueResolver getValueResolver(ExtensionContext context) {
        return new PactSettings(context::getConfigurationParameter, System.getenv());
    }
}
