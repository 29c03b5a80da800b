package dev.retouch.server.fetch;

import java.net.InetAddress;
import java.time.Duration;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The policy as the settings write it. */
final class FetchSettingsTest {

    private static final String SETTINGS = """
            {"enabled": true, "allow-hosts": "", "deny-hosts": "a.test, *.B.test", "unguarded-hosts": "",
             "deny-addresses": "203.0.113.0/24,2001:db8::/32", "ports": "80, 443", "max-redirects": 3,
             "connect-timeout": "PT5S", "timeout": "PT20S", "max-concurrent-per-request": 8, "max-concurrent": 64}""";

    private final JsonMapper mapper = JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .addModule(new JavaTimeModule()).build();

    @Test
    void settingsBecomeAPolicy() throws Exception {
        FetchSettings policy = mapper.readValue(SETTINGS, FetchSettings.class);

        assertThat(policy.allowHosts().isEmpty()).isTrue();
        assertThat(policy.denyHosts().patterns()).containsExactly("a.test", "*.b.test");
        assertThat(policy.denyAddresses().ranges()).hasSize(2);
        assertThat(policy.ports().numbers()).containsExactlyInAnyOrder(80, 443);
        assertThat(policy.timeout()).isEqualTo(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"unguarded-hosts\": \"\"|\"unguarded-hosts\": \"*.test\"|wildcards",
            "\"ports\": \"80, 443\"|\"ports\": \"\"|list of ports",
            "\"ports\": \"80, 443\"|\"ports\": \"0\"|1 to 65535",
            "\"allow-hosts\": \"\"|\"allow-hosts\": \"127.1\"|not a host",
            "\"allow-hosts\": \"\"|\"allow-hosts\": \"http://a.test\"|not a host",
            "203.0.113.0/24|203.0.113.0/33|range of addresses", "203.0.113.0/24|example.com|range of addresses",
            "\"PT20S\"|\"PT0S\"|timeout must be longer",
            "\"max-concurrent\": 64|\"max-concurrent\": 0|max-concurrent must be",
            "\"max-redirects\": 3|\"max-redirects\": -1|max-redirects must be"})
    void mistakesAreReported(String right, String wrong, String reason) {
        assertThat(SETTINGS).contains(right);
        assertThatThrownBy(() -> mapper.readValue(SETTINGS.replace(right, wrong), FetchSettings.class))
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8,10.255.255.255,true", "10.0.0.0/8,11.0.0.0,false", "100.64.0.0/10,100.127.255.255,true",
            "100.64.0.0/10,100.128.0.0,false", "172.16.0.0/12,172.32.0.0,false", "2000::/3,3fff::1,true",
            "2000::/3,4000::,false", "2001::/23,2001:1ff::,true", "2001::/23,2001:200::,false", "1.2.3.4,1.2.3.4,true",
            "1.2.3.4,1.2.3.5,false", "0.0.0.0/0,::1,false"})
    void rangesEndWhereTheyShould(String range, String address, boolean inside) {
        assertThat(AddressRange.parse(range).contains(InetAddress.ofLiteral(address))).isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
            "172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.1.1", "198.17.255.255", "198.20.0.0",
            "223.255.255.255",
            "168.63.129.15", "2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450:4001::200e", "2003::1"})
    void publicAddressesArePermitted(String address) {
        assertThat(new AddressGuard(AddressRanges.parse("")).permits(InetAddress.ofLiteral(address))).isTrue();
    }
}
