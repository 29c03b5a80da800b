package dev.retouch.mock.junit;

import java.util.UUID;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;

/** Keeps the sandbox of the outermost test class: starts it when it is first needed, and closes it after the last test. */
final class SandboxExtension implements BeforeEachCallback, AfterAllCallback, ParameterResolver {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace
            .create(SandboxExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Sandbox.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return sandbox(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Sandbox sandbox = sandbox(context);
        sandbox.scenarios().clear();
        sandbox.journal().clear();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        ExtensionContext outermost = outermost(context);
        if (outermost.equals(context)) {
            Sandbox started = outermost.getStore(NAMESPACE).remove(Sandbox.class, Sandbox.class);
            if (started != null) {
                started.upstream().close();
            }
        }
    }

    private static Sandbox sandbox(ExtensionContext context) {
        ExtensionContext.Store store = outermost(context).getStore(NAMESPACE);
        synchronized (store) {
            Sandbox started = store.get(Sandbox.class, Sandbox.class);
            if (started == null) {
                String key = "sk-sandbox-" + UUID.randomUUID();
                MockUpstream upstream = MockUpstream.start(MockOptions.defaults().withKey(key));
                started = new Sandbox(upstream.baseUrl().toString(), key, upstream);
                store.put(Sandbox.class, started);
            }
            return started;
        }
    }

    /** The context of the outermost test class. */
    private static ExtensionContext outermost(ExtensionContext context) {
        ExtensionContext found = context;
        for (ExtensionContext next = context; next.getTestClass().isPresent(); next = next.getParent().orElseThrow()) {
            found = next;
        }
        return found;
    }
}
