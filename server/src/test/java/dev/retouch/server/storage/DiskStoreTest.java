package dev.retouch.server.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.storage.ObjectStore.Listing;
import dev.retouch.server.storage.ObjectStore.NewObject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DiskStoreTest {

    private final Path root;
    private final DiskStore store;

    DiskStoreTest(@TempDir Path root) {
        this.root = root;
        this.store = new DiskStore(root);
    }

    private void put(String name, String content) throws IOException {
        store.put(new NewObject(name, "text/plain", Files.writeString(root.resolve("new"), content), true));
    }

    @Test
    void movesFileIntoItsFolder() throws IOException {
        put("files/079a81/a.png", "0123456789");
        assertThat(root.resolve("new")).doesNotExist();
        assertThat(root.resolve("files/079a81/a.png")).hasContent("0123456789");
        assertThat(store.size("files/079a81/a.png")).hasValue(10);
        assertThat(store.open("files/079a81/a.png", 7, 3)).hasContent("789");
        assertThat(store.local("files/079a81/a.png")).contains(root.resolve("files/079a81/a.png"));
    }

    @Test
    void findsFileOfEarlierVersionWithoutFolder() throws IOException {
        Files.createDirectories(root.resolve("answers"));
        Files.writeString(root.resolve("answers/ans_1"), "former");
        assertThat(store.size("answers/079a81/ans_1")).hasValue(6);
        assertThat(store.open("answers/079a81/ans_1", 0, 6)).hasContent("former");
    }

    @Test
    void missingFileIsMissing() throws IOException {
        assertThat(store.size("files/079a81/none")).isEmpty();
        assertThatThrownBy(() -> store.open("files/079a81/none", 0, 1)).isInstanceOf(NoSuchFileException.class);
        assertThat(store.list("files/079a81")).isEqualTo(store.list("none"));
        store.removeFolder("files/079a81");
    }

    @Test
    void listsOneLevelAndRemovesFolders() throws IOException {
        put("tasks/a/image-0", "x");
        put("tasks/a/mask", "x");
        put("tasks/loose", "x");
        assertThat(store.list("tasks").folders()).containsExactly("a");
        assertThat(store.list("tasks").files()).extracting(Listing.Entry::name).containsExactly("tasks/loose");
        store.removeFolder("tasks/a");
        assertThat(root.resolve("tasks/a")).doesNotExist();
        assertThat(store.list("tasks").folders()).isEmpty();
    }
}
