package dev.retouch.contract.page;

import java.time.Duration;
import java.util.List;
import java.util.logging.Level;

import org.openqa.selenium.By;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Uses a page in a browser, and waits for what it shows. Elements that are rendered again meanwhile are found again. */
class BrowserPage {

    final ChromeDriver browser;
    final WebDriverWait timeout;

    BrowserPage(ChromeDriver browser) {
        this.browser = browser;
        this.timeout = new WebDriverWait(browser, Duration.ofSeconds(20), Duration.ofMillis(50));
        this.timeout.ignoring(StaleElementReferenceException.class);
    }

    WebElement find(String selector) {
        return timeout.until(ExpectedConditions.presenceOfElementLocated(By.cssSelector(selector)));
    }

    int count(String selector) {
        return browser.findElements(By.cssSelector(selector)).size();
    }

    void click(String selector) {
        timeout.until(page -> {
            browser.findElement(By.cssSelector(selector)).click();
            return true;
        });
    }

    void type(String selector, String keys) {
        timeout.until(page -> {
            browser.findElement(By.cssSelector(selector)).sendKeys(keys);
            return true;
        });
    }

    /** Waits for a text that matches a pattern, in which a dot is any character, and returns it. */
    String awaitText(String selector, String pattern) {
        timeout.withMessage(() -> selector + " with " + pattern)
                .until(page -> browser.findElement(By.cssSelector(selector)).getText().matches("(?s)" + pattern));
        timeout.withMessage((String) null);
        return find(selector).getText();
    }

    void awaitCount(String selector, int number) {
        timeout.withMessage(() -> number + " of " + selector + ", not " + count(selector))
                .until(page -> count(selector) == number);
        timeout.withMessage((String) null);
    }

    void acceptQuestion() {
        timeout.until(ExpectedConditions.alertIsPresent()).accept();
    }

    long number(String script) {
        return ((Number) browser.executeScript(script)).longValue();
    }

    /** Pixels by which the page is wider than the screen. */
    long overflow() {
        return number("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
    }

    /** Messages of the browser since the last call that are errors or warnings. */
    List<String> problems() {
        return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue()).map(LogEntry::getMessage)
                .toList();
    }
}
