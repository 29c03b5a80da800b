package dev.retouch.contract.page;

import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.ExpectedConditions;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.RunningGateway;

/** Uses the console in a browser, as an administrator does. */
final class ConsolePage extends BrowserPage {

    private final RunningGateway gateway;

    ConsolePage(ChromeDriver browser, RunningGateway gateway) {
        super(browser);
        this.gateway = gateway;
    }

    /** Opens the page without a session. */
    void openSignedOut(String language, int width) {
        browser.manage().window().setSize(new Dimension(width, 1000));
        // a file without scripts: no request of a page sets the cookie again after it was deleted
        browser.get(gateway.baseUrl() + "/favicon.svg");
        browser.manage().deleteAllCookies();
        browser.get(gateway.baseUrl() + "/console/?lang=" + language);
        find("#token");
    }

    void signIn() {
        find("#token").sendKeys(Admin.TOKEN);
        click("#sign-in");
        find("#sign-out");
    }

    /** Opens a screen by its address behind the hash. */
    void open(String screen) {
        browser.executeScript("location.hash = arguments[0]", "#/" + screen);
    }

    /** Fills the fields of a dialog, given as names and values, and sends it. */
    void fill(String dialog, String... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            WebElement field = timeout.until(ExpectedConditions.elementToBeClickable(
                    By.cssSelector("#" + dialog + " [name=" + namesAndValues[i] + "]")));
            field.sendKeys(namesAndValues[i + 1]);
        }
        click("#" + dialog + " .primary");
    }

    void clickLink(String text) {
        timeout.until(page -> {
            browser.findElement(By.linkText(text)).click();
            return true;
        });
    }
}
