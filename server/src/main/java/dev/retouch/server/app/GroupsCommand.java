package dev.retouch.server.app;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

import dev.retouch.server.billing.Budget;
import dev.retouch.server.billing.Money;
import dev.retouch.server.billing.Owner;
import dev.retouch.server.contract.model.GroupList;
import dev.retouch.server.key.ApiKey;
import dev.retouch.server.key.Group;
import dev.retouch.server.key.GroupChange;
import dev.retouch.server.key.NewGroup;
import dev.retouch.server.policy.ModerationPolicy;

/** {@code retouch groups}: what keys have in common. */
@Command(name = "groups", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT, versionProvider = RetouchCommand.Version.class, description = "Make, list, change and delete groups of keys.")
final class GroupsCommand {

    private static final String NAME = "The name of the group.";

    @Command(name = "create", description = "Make a group. Without options it may do everything.")
    int create(@Mixin DeskOptions options,
            @Parameters(paramLabel = "NAME", description = "Its name: lower-case letters, digits, dots, dashes and underscores.") String name,
            @Mixin GroupOptions given,
            @Option(names = "--budget", paramLabel = "AMOUNT", description = "What all its keys together may spend. Without one it is not limited.") @Nullable String budget) {
        Money amount = Values.budget(budget); // before anything is made
        GroupChange settings = given.over(Group.open(name));
        return options.run(desk -> {
            Group group = desk.administration().createGroup(new NewGroup(name, settings));
            if (amount != null) {
                desk.ledger().fund(Owner.ofGroup(name), amount, "made with it");
            }
            return shown(desk, group, "Made the group " + name + ".\n");
        });
    }

    @Command(name = "list", description = "List all groups.")
    int list(@Mixin DeskOptions options) {
        return options.run(desk -> {
            List<Group> groups = desk.administration().groups();
            return desk.answer(
                    () -> new GroupList()._object(GroupList.ObjectEnum.LIST)
                            .data(groups.stream().map(desk.documents()::group).toList()),
                    () -> groups.isEmpty()
                            ? "There are no groups. Make one with: retouch groups create NAME\n"
                            : table(groups, desk.budgets(), desk.wording()));
        });
    }

    @Command(name = "show", description = "Show all there is to know about a group.")
    int show(@Mixin DeskOptions options, @Parameters(paramLabel = "NAME", description = NAME) String name) {
        return options.run(desk -> shown(desk, desk.administration().group(name), ""));
    }

    @Command(name = "update", description = "Change what is given of a group, and nothing else. Budgets: see retouch budget.")
    int update(@Mixin DeskOptions options, @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Mixin GroupOptions given) {
        return options.run(desk -> {
            GroupChange change = given.over(desk.administration().group(name));
            if (change.equals(GroupChange.NONE)) {
                throw new CommandException("nothing to change was given. See: retouch groups update --help");
            }
            return shown(desk, desk.administration().updateGroup(name, change), "Changed the group " + name + ".\n");
        });
    }

    @Command(name = "delete", description = "Delete a group whose keys are all revoked, and these keys. What they used stays in the reports.")
    int delete(@Mixin DeskOptions options, @Parameters(paramLabel = "NAME", description = NAME) String name) {
        return options.run(desk -> {
            desk.administration().deleteGroup(name);
            return desk.answer(() -> "Deleted the group " + name + ".\n");
        });
    }

    private static int shown(Desk desk, Group group, String before) {
        return desk.answer(() -> desk.documents().group(group),
                () -> before + properties(group, desk.administration().keys(group.name()),
                        desk.ledger().budget(Owner.ofGroup(group.name())), desk.wording()));
    }

    private static String table(List<Group> groups, Map<String, Budget> budgets, Wording wording) {
        TextTable table = new TextTable().words("NAME").words("PLATFORM").words("IMAGES").words("MODELS")
                .words("UPSTREAMS").words("MODERATION").numbers("AVAILABLE").numbers("SPENT");
        for (Group group : groups) {
            Optional<Budget> budget = Optional.ofNullable(budgets.get(Owner.ofGroup(group.name())));
            table.row(List.of(group.name(), group.platform(), images(group), models(group), upstreams(group),
                    Wording.choice(group.moderation().mode()), wording.available(budget), wording.spent(budget)));
        }
        return table.text();
    }

    private static String properties(Group group, List<ApiKey> keys, Optional<Budget> budget, Wording wording) {
        ModerationPolicy moderation = group.moderation();
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("name", group.name());
        lines.put("platform", group.platform());
        lines.put("images", images(group));
        lines.put("models", models(group));
        lines.put("upstreams", upstreams(group));
        lines.putAll(Wording.limits(group.room()));
        lines.put("moderation", Wording.choice(moderation.mode()));
        lines.put("moderation on failure", Wording.choice(moderation.onFailure()));
        lines.put("thresholds",
                moderation.thresholds().isEmpty()
                        ? Wording.NOTHING
                        : new TreeMap<>(moderation.thresholds()).entrySet().stream()
                                .map(each -> each.getKey() + "=" + each.getValue().toPlainString())
                                .collect(Collectors.joining(", ")));
        long revoked = keys.stream().filter(key -> key.revoked() != null).count();
        lines.put("keys", keys.size() - revoked + (revoked == 0 ? "" : " (and " + revoked + " revoked)"));
        lines.putAll(wording.budget(budget));
        return TextTable.properties(lines);
    }

    private static String images(Group group) {
        return group.imagePermission() ? "yes" : "no";
    }

    private static String models(Group group) {
        return group.models().isEmpty() ? "all" : String.join(", ", group.models());
    }

    private static String upstreams(Group group) {
        return group.upstreams().isEmpty() ? "(default)" : String.join(", ", group.upstreams());
    }
}
