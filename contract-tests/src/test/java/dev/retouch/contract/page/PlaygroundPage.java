package dev.retouch.contract.page;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.interactions.PointerInput;
import org.openqa.selenium.interactions.Sequence;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.Select;

import dev.retouch.contract.harness.Endpoint;

/** Uses the playground in a browser, as a person does. */
final class PlaygroundPage extends BrowserPage {

    private final Endpoint gateway;
    private final Screens screens;

    PlaygroundPage(ChromeDriver browser, Endpoint gateway) {
        super(browser);
        this.gateway = gateway;
        this.screens = new Screens(browser);
    }

    /** Opens the page as a browser that has never been there, on a screen of the given size. */
    void openFresh(int width, int height, String language) {
        browser.manage().window().setSize(new Dimension(width, height));
        browser.get(gateway.at("/playground/?lang=" + language).toString());
        awaitReady();
        browser.executeAsyncScript("""
                const done = arguments[0];
                import('/playground/session.js').then(module => module.deleteAll()).then(done);""");
        browser.get(gateway.at("/playground/?lang=" + language).toString());
        awaitReady();
        problems(); // of earlier tests
    }

    /** Reloads the page after everything is saved. */
    void reload() {
        timeout.until(
                page -> "saved".equals(browser.executeScript("return document.documentElement.dataset.state")));
        browser.navigate().refresh();
        awaitReady();
    }

    private void awaitReady() {
        timeout.until(page -> browser.executeScript("return document.documentElement.dataset.ready") != null);
    }

    void emulateDark(boolean dark) {
        screens.dark(dark);
    }

    /** Adds an image that is not the first one. */
    void addFurtherImage(Path file) {
        int before = count(".thumbs li");
        browser.findElement(By.cssSelector(".picker input[multiple]")).sendKeys(file.toAbsolutePath().toString());
        awaitCount(".thumbs li", before + 1);
    }

    void addImage(Path file) {
        browser.findElement(By.cssSelector(".picker input[multiple]")).sendKeys(file.toAbsolutePath().toString());
        find("#fit");
        timeout.until(page -> number("return document.querySelector('.stage canvas').width") > 300
                && !browser.findElement(By.cssSelector(".stage")).getCssValue("transform").equals("none"));
    }

    /** Draws a stroke with the mouse, between two points in fractions of the drawing surface. */
    void drag(double fromX, double fromY, double toX, double toY) {
        pointer(new PointerInput(PointerInput.Kind.MOUSE, "mouse"), fromX, fromY, toX, toY);
    }

    /** Draws a stroke with a finger. */
    void dragByTouch(double fromX, double fromY, double toX, double toY) {
        pointer(new PointerInput(PointerInput.Kind.TOUCH, "finger"), fromX, fromY, toX, toY);
    }

    private void pointer(PointerInput pointer, double fromX, double fromY, double toX, double toY) {
        WebElement surface = find(".surface");
        Sequence stroke = new Sequence(pointer, 0)
                .addAction(move(pointer, surface, fromX, fromY, 0))
                .addAction(pointer.createPointerDown(PointerInput.MouseButton.LEFT.asArg()))
                .addAction(move(pointer, surface, (fromX + toX) / 2, (fromY + toY) / 2, 40))
                .addAction(move(pointer, surface, toX, toY, 40))
                .addAction(pointer.createPointerUp(PointerInput.MouseButton.LEFT.asArg()));
        browser.perform(List.of(stroke));
    }

    private static org.openqa.selenium.interactions.Interaction move(PointerInput pointer, WebElement surface, double x,
            double y, int milliseconds) {
        Dimension size = surface.getSize();
        return pointer.createPointerMove(Duration.ofMillis(milliseconds),
                PointerInput.Origin.fromElement(surface), (int) ((x - 0.5) * size.width),
                (int) ((y - 0.5) * size.height));
    }

    /** The share of the image that the mask covers, as the page states it; 0 if it states that there is none. */
    double coverage() {
        String note = find("#mask-note").getText();
        return note.contains("%") ? Double.parseDouble(note.replaceAll("[^0-9.]*([0-9.]+) %.*", "$1")) : 0;
    }

    void awaitCoverage(double from, double to) {
        timeout.withMessage(() -> "a mask that covers " + from + " to " + to + " %, not " + coverage())
                .until(page -> coverage() >= from && coverage() <= to);
        timeout.withMessage((String) null);
    }

    /** Replaces the value of a field. */
    @Override
    void type(String selector, String value) {
        find(selector).sendKeys(Keys.chord(Keys.CONTROL, "a"), value);
    }

    void choose(String selector, String value) {
        new Select(find(selector)).selectByValue(value);
    }

    /** Presses a key outside of all fields, while other keys are held down. */
    void press(String key, Keys... held) {
        browser.executeScript("document.activeElement.blur()");
        Actions keys = new Actions(browser);
        for (Keys modifier : held) {
            keys.keyDown(modifier);
        }
        keys.sendKeys(key);
        for (Keys modifier : held) {
            keys.keyUp(modifier);
        }
        keys.perform();
    }

    /** Scrolls to an element and clicks it. */
    @Override
    void click(String selector) {
        WebElement element = find(selector);
        browser.executeScript("arguments[0].scrollIntoView({block: 'center'})", element);
        timeout.until(ExpectedConditions.elementToBeClickable(element)).click();
    }

    /** Runs the edit, waits for one more result and for its comparison with the original. */
    void runEdit() {
        runEditBy("Edit");
    }

    /** Runs the edit by a button with this label. */
    void runEditBy(String label) {
        awaitText("#run", label);
        int before = browser.findElements(By.cssSelector(".strip li")).size();
        find("#run").sendKeys(Keys.ENTER);
        timeout.until(ExpectedConditions.numberOfElementsToBeMoreThan(By.cssSelector(".strip li"), before));
        awaitText("#changes", ".*(%|proportions|cannot compare).*");
    }

    String text(String selector) {
        return find(selector).getText();
    }

    void awaitParameters(String name) {
        find("[data-parameter='" + name + "']");
    }

    boolean shows(String selector) {
        return !browser.findElements(By.cssSelector(selector)).isEmpty();
    }

    List<String> names(String selector, String attribute) {
        return browser.findElements(By.cssSelector(selector)).stream()
                .map(element -> String.valueOf(element.getDomAttribute(attribute))).toList();
    }

    /** Writes the top of the page to {@code target/screens}. */
    void screenshot(String name) throws IOException {
        browser.executeScript("window.scrollTo({top: 0, behavior: 'instant'})");
        screens.write(name);
    }

    /** Writes the page to {@code target/screens}, from an element on. */
    void screenshotOf(String selector, String name) throws IOException {
        browser.executeScript("arguments[0].scrollIntoView({block: 'start', behavior: 'instant'})", find(selector));
        screens.write(name);
    }
}
