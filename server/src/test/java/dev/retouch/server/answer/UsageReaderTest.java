package dev.retouch.server.answer;

import java.math.BigDecimal;
import java.util.Objects;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.server.price.ReportedUsage;

import static org.assertj.core.api.Assertions.assertThat;

class UsageReaderTest {

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private static ReportedUsage read(String json) {
        try {
            return UsageReader.read(MAPPER.readTree(json.replace('\'', '"')));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
            "{'input_tokens':30,'input_tokens_details':{'text_tokens':10,'image_tokens':20},'output_tokens':40}|10|0|20|0|0|40",
            "{'output_tokens':40,'input_tokens_details':{'image_tokens':20,'text_tokens':10},'input_tokens':30}|10|0|20|0|0|40",
            "{'prompt_tokens':30,'completion_tokens':40,'prompt_tokens_details':{'text_tokens':10}}|10|0|20|0|0|40",
            "{'input_tokens':30,'output_tokens':40,'output_tokens_details':{'text_tokens':15,'image_tokens':25}}|0|0|30|0|15|25",
            "{'output_tokens_details':{'text_tokens':15},'output_tokens':40,'input_tokens':30}|0|0|30|0|15|25",
            "{'input_tokens':30,'input_tokens_details':{'cached_tokens_details':{'text_tokens':4,'image_tokens':6},"
                    + "'text_tokens':10,'image_tokens':20,'cached_tokens':10},'output_tokens':40}|10|4|20|6|0|40",
            "{'input_tokens':30,'input_tokens_details':{'text_tokens':10,'image_tokens':20,'cached_tokens':12},"
                    + "'output_tokens':40}|10|10|20|2|0|40",
            "{'cached_tokens_details':{'image_tokens':6},'input_tokens':30,'input_tokens_details':{'text_tokens':10,"
                    + "'image_tokens':20},'output_tokens':40}|10|0|20|6|0|40",
            "{'input_tokens':30,'input_tokens_details':{'text_tokens':1,'image_tokens':2},'output_tokens':40}|0|0|30|0|0|40",
            "{'input_tokens':30,'input_tokens_details':null,'output_tokens':40,'output_tokens_details':null}|0|0|30|0|0|40",
            "{'input_tokens':30.0,'output_tokens':40}|0|0|30|0|0|40", "{'total_tokens':70}|0|0|0|0|0|0",
            "{'input_tokens':'30','output_tokens':40}|0|0|0|0|0|40"})
    void readsTokensByKind(String json, long text, long cachedText, long image, long cachedImage, long textOut,
            long imageOut) {
        assertThat(read(json))
                .isEqualTo(new ReportedUsage(text, cachedText, image, cachedImage, textOut, imageOut, null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{'cost':0.04}|0.04", "{'cost_in_usd_ticks':200000000}|0.0200000000",
            "{'cost':9,'cost_in_usd_ticks':10000000000}|1.0000000000", "{'cost':-1}|-1"})
    void readsCosts(String json, BigDecimal cost) {
        assertThat(read(json).reportedCost()).isEqualByComparingTo(cost);
    }

    @Test
    void readsTheTextModelOfAVectorImageBesideTheImage() throws JsonProcessingException {
        ObjectNode document = (ObjectNode) MAPPER.readTree(
                """
                        {"usage": {"input_tokens": 30, "output_tokens": 40},
                        "svg_usage": {"model": "gpt-6-luna", "input_tokens": 1572, "output_tokens": 850, "reasoning_tokens": 350}}""");

        AnswerUsage usage = Objects.requireNonNull(UsageReader.of(document.path("usage"), document));

        assertThat(usage.figures().svg()).isEqualTo(new ReportedUsage.SvgUsage("gpt-6-luna", 1572, 850));
        assertThat(usage.figures().imageOutput()).isEqualTo(40);
    }

    @Test
    void readsNoCostThatIsNoNumber() {
        assertThat(read("{'cost':'0.04'}").reportedCost()).isNull();
        assertThat(read("{'cost':{'total':1}}").reportedCost()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{'input_tokens':-5,'output_tokens':40}",
            "{'input_tokens':5,'output_tokens':-40}",
            "{'input_tokens':5,'output_tokens':5000000000000000}",
            "{'input_tokens':5,'output_tokens':99999999999999999999999}",
            "{'output_tokens':5,'input_tokens':5,'input_tokens_details':{'text_tokens':-1,'image_tokens':6}}",
            "{'output_tokens':5,'input_tokens':5,'input_tokens_details':{'cached_tokens':6}}",
            "{'output_tokens':5,'cost':-0.1}"})
    void keepsFiguresThatAreAbsurd(String json) {
        assertThat(read(json).isAbsurd()).isTrue();
    }
}
