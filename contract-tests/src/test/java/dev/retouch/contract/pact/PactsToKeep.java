package dev.retouch.contract.pact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import au.com.dius.pact.core.model.DefaultPactReader;
import au.com.dius.pact.core.model.DirectorySource;
import au.com.dius.pact.core.model.Pact;
import au.com.dius.pact.core.support.expressions.ValueResolver;
import au.com.dius.pact.provider.junitsupport.loader.PactBroker;
import au.com.dius.pact.provider.junitsupport.loader.PactBrokerAuth;
import au.com.dius.pact.provider.junitsupport.loader.PactBrokerConsumerVersionSelectors;
import au.com.dius.pact.provider.junitsupport.loader.PactBrokerLoader;
import au.com.dius.pact.provider.junitsupport.loader.PactLoader;
import au.com.dius.pact.provider.junitsupport.loader.SelectorBuilder;

/**
 * All pacts of a provider: those in the folders of the build and, for the gateway, those of the broker. From the broker
 * it takes each consumer's main branch and everything deployed or released.
 */
@PactBroker(url = "${" + PactSettings.BROKER + "}", authentication = @PactBrokerAuth(token = "${" + PactSettings.TOKEN
        + ":}", username = "${PACT_BROKER_USERNAME:}", password = "${PACT_BROKER_PASSWORD:}"), enablePendingPacts = "${"
                + PactSettings.PENDING + "}", providerBranch = "${" + PactSettings.BRANCH + ":}")
public final class PactsToKeep implements PactLoader {

    private static final List<String> PROVIDERS = List.of(ConsumerPact.GATEWAY, ConsumerPact.UPSTREAM);

    private PactSettings settings = new PactSettings(_ -> Optional.empty(), Map.of());

    /** What of each consumer is wanted from the broker. */
    @PactBrokerConsumerVersionSelectors
    public static SelectorBuilder wanted() {
        return new SelectorBuilder().mainBranch().deployedOrReleased();
    }

    @Override
    public void setValueResolver(ValueResolver resolver) {
        if (!(resolver instanceof PactSettings given)) {
            throw new IllegalArgumentException("settings, and not a " + resolver.getClass());
        }
        settings = given;
    }

    @Override
    public List<Pact> load(String provider) throws IOException {
        List<Pact> pacts = new ArrayList<>();
        for (Path folder : folders()) {
            for (Path file : filesBelow(folder)) {
                pacts.add(read(file));
            }
        }
        pacts.removeIf(pact -> !pact.getProvider().getName().equals(provider));
        Optional<String> broker = settings.value(PactSettings.BROKER);
        if (broker.isPresent() && provider.equals(ConsumerPact.GATEWAY)) {
            pacts.addAll(fromBroker(broker.get(), provider));
        }
        return pacts;
    }

    /** A pact with a misspelt provider name would silently not be verified. */
    private static Pact read(Path file) throws IOException {
        Pact pact = DefaultPactReader.INSTANCE.loadPact(file.toFile());
        String provider = pact.getProvider().getName();
        if (!PROVIDERS.contains(provider)) {
            throw new IOException(file + " is for the provider '" + provider + "', and there are only " + PROVIDERS);
        }
        return pact;
    }

    private List<Pact> fromBroker(String url, String provider) throws IOException {
        PactBrokerLoader broker = new PactBrokerLoader(getClass().getAnnotation(PactBroker.class));
        broker.initLoader(getClass(), null);
        broker.setValueResolver(settings);
        try {
            return broker.load(provider);
        } catch (IOException | RuntimeException e) {
            throw new IOException("The broker " + url + " did not give its pacts", e);
        }
    }

    private List<Path> folders() {
        return Stream.of(settings.value(PactSettings.FOLDERS).orElseThrow().split(",")).map(Path::of).toList();
    }

    private static List<Path> filesBelow(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        }
    }

    @Override
    public String description() {
        return folders() + settings.value(PactSettings.BROKER).map(url -> " and " + url).orElse("");
    }

    @Override
    public DirectorySource getPactSource() {
        return new DirectorySource(folders().getFirst().toFile());
    }
}
