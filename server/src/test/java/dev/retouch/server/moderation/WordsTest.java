package dev.retouch.server.moderation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.server.settings.SettingsFile;

import static org.assertj.core.api.Assertions.assertThat;

/** Whole words, and only whole words, in the scripts of the world. */
class WordsTest {

    private static LocalRules words(List<String> words) {
        ObjectNode file = JsonNodeFactory.instance.objectNode();
        words.forEach(file.putArray("words")::add);
        return new RuleFileReader(SettingsFile.read("rules.yaml", file.toString().getBytes(StandardCharsets.UTF_8)))
                .rules();
    }

    private static boolean found(String word, String prompt) {
        return !words(List.of(word)).categoriesOf(prompt).isEmpty();
    }

    /** Written with escapes where an editor would show nothing, or show it in another order. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = true, quoteCharacter = '"', value = {
            // Latin
            "AV|an AV clip", "AV|AV", "AV|an av.", "AV|(AV)", "AV|Av, please", "AV|\uFF21\uFF36", "av|AV!", "AV|\"AV\"",
            // hyphen, apostrophe, punctuation without a blank
            "AV|an AV-clip", "AV|non-AV", "AV|the AV's end", "AV|the AV\u2019s end", "arme|l'arme",
            "arme|de l\u2019arme",
            "Ankara|Ankara'da", "don't|I DON\u2019T", "don\u2019t|don't", "AV|an end.AV:begin", "AV|my_AV_clip",
            "self-harm|Self\u2010Harm", "self-harm|self\u2011harm", "self-harm|a self-harm-scene",
            // invisible characters
            "AV|A\u200BV", "AV|A\u00ADV", "AV|A\u2060V\uFE0F", "A\u200DV|AV",
            // composed, decomposed, folded
            "caf\u00E9|un cafe\u0301", "cafe\u0301|CAF\u00C9", "Stra\u00DFe|die STRASSE", "STRASSE|stra\u00DFe",
            "file|\uFB01le", "K2|\u212A2",
            // phrases
            "hard kill|a hard kill.", "hard kill|a HARD \u00A0\u3000  Kill", "hard  kill|hard kill",
            // Cyrillic, Greek
            "\u0431\u043E\u043C\u0431\u0430|\u0411\u041E\u041C\u0411\u0410!", "\u0431\u043E\u043C\u0431\u0430|"
                    + "\u044D\u0442\u043E \u00AB\u0411\u043E\u043C\u0431\u0430\u00BB",
            "\u043E\u0431'\u0454\u043A\u0442|\u043E\u0431\u2019\u0454\u043A\u0442",
            "\u03CC\u03C0\u03BB\u03BF\u03C2|\u03A4\u039F \u038C\u03A0\u039B\u039F\u03A3",
            // Arabic, Hebrew
            "\u0643\u062A\u0627\u0628|\u0647\u0630\u0627 \u0643\u062A\u0627\u0628\u061F",
            "\u05E1\u05DB\u05D9\u05DF|\u05E2\u05DD \u05E1\u05DB\u05D9\u05DF.",
            // Chinese, alone, in a sentence, beside Latin, as a phrase of several words
            "色情|我想看色情图片", "毒品|毒品交易", "毒品交易|他说毒品交易很多", "AV|看AV片", "习近平|习近平新时代", "色情|色情",
            // Japanese
            "爆弾|爆弾を作る", "京都|京都に行く", "アダルトビデオ|アダルトビデオを見る", "アダルト|ｱﾀﾞﾙﾄ",
            // Thai, with a vowel that normalization takes apart
            "ยาเสพติด|ขายยาเสพติดที่นี่", "ระเบิด|ซื้อระเบิด", "น้ำ|น้ำ", "น้ำตก|ไปน้ำตก", "ยาเสพติด|ยา\u200Bเสพติด",
            // Korean, Hindi
            "폭탄|그 폭탄", "\u092C\u092E|\u090F\u0915 \u092C\u092E \u0939\u0948",
            // emoji, with and without colour, form and family
            "🔫|a 🔫!", "🖕|no🖕here", "🖕|🖕🏿", "🖕🏿|🖕🏿", "❤️|❤", "👨‍👩‍👧|a 👨‍👩‍👧 there", "🇩🇪|🇩🇪🇺🇸",
            // signs
            "#nsfw|so #NSFW", "c++|in C++ please"})
    void aWordIsFound(String word, String prompt) {
        assertThat(found(word, prompt)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "AV|java", "AV|JAVA", "AV|Avatar", "AV|Slav", "AV|AV8", "AV|\uFF2A\uFF21\uFF36\uFF21", "AV|a v", "AV|a.v.",
            "AV|AV\u0301", "AV|A\u0301V", "AV|AV\u0646", "arm|l'arme", "harm|unharmed self-harming", "14|3.14159",
            "14|3.14", "000|1,000", "cafe|caf\u00E9", "hard kill|hard killer", "hard kill|a hard, kill",
            "hard kill|hardkill",
            "hard kill|shard kill", "self-harm|self-harmed", "c++|c", "\u0431\u043E\u043C\u0431\u0430|"
                    + "\u0431\u043E\u043C\u0431\u0430\u0440\u0434\u0438\u0440\u043E\u0432\u043A\u0430",
            "\u0643\u062A\u0627\u0628|\u0627\u0644\u0643\u062A\u0627\u0628", "\u0643\u062A\u0627\u0628|"
                    + "\u0643\u062A\u0627\u0628\u0629",
            "京都|東京都", "色情|情色", "情图|我想看色情图片", "ビデオ|アダルトビデオ", "弾を|爆弾を作る", "ตก|ไปน้ำตก", "น้ำ|ไปน้ำตก",
            "เสพติดท|ขายยาเสพติดที่นี่", "폭탄|폭탄주", "🇪🇺|🇩🇪🇺🇸", "🔫|🔪"})
    void aPartOfAWordIsNot(String word, String prompt) {
        assertThat(found(word, prompt)).isFalse();
    }

    @Test
    void findsNothingInAnEmptyText() {
        assertThat(words(List.of("AV")).categoriesOf("")).isEmpty();
        assertThat(LocalRules.none().categoriesOf("AV")).isEmpty();
    }

    @Test
    void aPhraseAndItsBeginningAreTwoWords() {
        LocalRules rules = new RuleFileReader(SettingsFile.read("rules.yaml", """
                words:
                  - {text: hard, category: short}
                  - {text: hard kill, category: long}
                  - {text: HARD KILL, category: also}
                """.getBytes(StandardCharsets.UTF_8))).rules();
        assertThat(rules.categoriesOf("a hard kill")).containsExactly("also", "long", "short");
        assertThat(rules.categoriesOf("a hard fight")).containsExactly("short");
    }

    /** The longest prompt, and words that nearly match at each of its places. */
    @Test
    @Timeout(30)
    void matchesManyWordsInALongPromptQuickly() {
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            many.add("a a a a a a a a a a word" + i);
            many.add("毒品交易" + i);
        }
        LocalRules rules = words(many);
        String prompt = "a ".repeat(8000) + "毒品交易".repeat(3999) + " 毒品交易1999";
        assertThat(prompt.codePointCount(0, prompt.length())).isGreaterThan(32_000);
        assertThat(rules.categoriesOf(prompt)).containsExactly("words");
        assertThat(rules.categoriesOf(prompt.substring(0, prompt.length() - 1))).containsExactly("words"); // ...199
        assertThat(rules.categoriesOf(prompt + "9")).isEmpty();
    }

    /** What looks for the edges of words remembers its place, so each thread needs its own. */
    @Test
    void severalThreadsAskTheSameRules() throws Exception {
        LocalRules rules = words(List.of("AV", "色情"));
        List<Callable<SortedSet<String>>> asked = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String prompt = "java ".repeat(i) + (i % 2 == 0 ? "AV 我想看色情图片" : "avatar 情色");
            asked.add(() -> rules.categoriesOf(prompt));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<SortedSet<String>>> answers = threads.invokeAll(asked);
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get()).hasSize(i % 2 == 0 ? 1 : 0);
            }
        }
    }
}
