package dev.retouch.server.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

import dev.retouch.server.billing.Budget;
import dev.retouch.server.billing.BudgetOwner;
import dev.retouch.server.billing.Money;
import dev.retouch.server.key.ApiKey;
import dev.retouch.server.key.Group;
import dev.retouch.server.key.GroupChange;
import dev.retouch.server.key.NewGroup;
import dev.retouch.server.key.Page;
import dev.retouch.server.moderation.ModerationPolicy;
import dev.retouch.server.normalise.NormalisationStep;

/** {@code retouch groups}: administers groups. */
@Command(name = "groups", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT, versionProvider = RetouchCommand.Version.class, description = "Create, list, change and delete groups of keys.")
final class GroupsCommand {

    private static final String NAME = "The name of the group.";

    @Command(name = "create", description = "Create a group. Without options it has no restrictions.")
    int create(@Mixin CommandOptions options,
            @Parameters(paramLabel = "NAME", description = "Group name: lower-case letters, digits, dots, dashes and underscores.") String name,
            @Mixin GroupOptions given,
            @Option(names = "--budget", paramLabel = "AMOUNT", description = "Budget of all keys of the group together. Default: no limit.") @Nullable String budget) {
        Money amount = OptionParsers.budget(budget); // checked before anything is created
        GroupChange settings = given.over(Group.open(name));
        return options.run(context -> {
            Group group = context.administration().createGroup(new NewGroup(name, settings,
                    amount == null ? null : amount.amount()));
            return shown(context, group, "Made the group " + name + ".\n");
        });
    }

    @Command(name = "list", description = "List all groups.")
    int list(@Mixin CommandOptions options) {
        return options.run(context -> {
            List<Group> groups = context.administration().groups();
            return context.answer(
                    () -> context.mapper().groups(new Page<>(groups, false)),
                    () -> groups.isEmpty()
                            ? "There are no groups. Make one with: retouch groups create NAME\n"
                            : table(groups, context.budgets(), context.formatter()));
        });
    }

    @Command(name = "show", description = "Show all properties of a group.")
    int show(@Mixin CommandOptions options, @Parameters(paramLabel = "NAME", description = NAME) String name) {
        return options.run(context -> shown(context, context.administration().group(name), ""));
    }

    @Command(name = "update", description = "Change the given properties of a group. Budgets: see retouch budget.")
    int update(@Mixin CommandOptions options, @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Mixin GroupOptions given) {
        return options.run(context -> {
            GroupChange change = given.over(context.administration().group(name));
            if (change.equals(GroupChange.NONE)) {
                throw new CommandException("no property to change is given. See: retouch groups update --help");
            }
            return shown(context, context.administration().updateGroup(name, change),
                    "Changed the group " + name + ".\n");
        });
    }

    @Command(name = "delete", description = "Delete a group and its revoked keys. It must not have other keys. Their usage stays in reports.")
    int delete(@Mixin CommandOptions options, @Parameters(paramLabel = "NAME", description = NAME) String name) {
        return options.run(context -> {
            context.administration().deleteGroup(name);
            return context.answer(() -> "Deleted the group " + name + ".\n");
        });
    }

    private static int shown(CommandContext context, Group group, String before) {
        return context.answer(() -> context.mapper().group(group),
                () -> before + properties(group, context.administration().keys(group.name()),
                        context.ledger().budget(BudgetOwner.ofGroup(group.name())), context.formatter()));
    }

    private static String table(List<Group> groups, Map<String, Budget> budgets, ConsoleFormatter formatter) {
        TextTable table = new TextTable().leftAligned("NAME").leftAligned("PLATFORM").leftAligned("IMAGES")
                .leftAligned("MODELS")
                .leftAligned("UPSTREAMS").leftAligned("MODERATION").rightAligned("AVAILABLE").rightAligned("SPENT");
        for (Group group : groups) {
            Optional<Budget> budget = Optional.ofNullable(budgets.get(BudgetOwner.ofGroup(group.name())));
            table.row(List.of(group.name(), group.platform(), images(group), models(group), upstreams(group),
                    ConsoleFormatter.choice(group.moderation().mode()), formatter.available(budget),
                    formatter.spent(budget)));
        }
        return table.text();
    }

    private static String properties(Group group, List<ApiKey> keys, Optional<Budget> budget,
            ConsoleFormatter formatter) {
        ModerationPolicy moderation = group.moderation();
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("name", group.name());
        lines.put("platform", group.platform());
        lines.put("images", images(group));
        lines.put("models", models(group));
        lines.put("upstreams", upstreams(group));
        lines.putAll(ConsoleFormatter.limits(group.limits()));
        lines.put("moderation", ConsoleFormatter.choice(moderation.mode()));
        lines.put("moderation on failure", ConsoleFormatter.choice(moderation.onFailure()));
        lines.put("thresholds",
                moderation.thresholds().isEmpty()
                        ? ConsoleFormatter.NOTHING
                        : new TreeMap<>(moderation.thresholds()).entrySet().stream()
                                .map(each -> each.getKey() + "=" + each.getValue().toPlainString())
                                .collect(Collectors.joining(", ")));
        lines.put("normalise", normalise(group));
        lines.put("mask mode", ConsoleFormatter.choice(group.maskMode()));
        lines.put("fallback models",
                group.fallbackModels().isEmpty()
                        ? ConsoleFormatter.NOTHING
                        : String.join(", ", group.fallbackModels()));
        lines.put("retain", retention(group));
        long revoked = keys.stream().filter(key -> key.revoked() != null).count();
        lines.put("keys", keys.size() - revoked + (revoked == 0 ? "" : " (and " + revoked + " revoked)"));
        lines.putAll(formatter.budget(budget));
        return TextTable.properties(lines);
    }

    private static String images(Group group) {
        return group.imagePermission() ? "yes" : "no";
    }

    private static String normalise(Group group) {
        Set<NormalisationStep> steps = group.normalise();
        if (steps == null) {
            return "(default)";
        }
        return steps.isEmpty()
                ? ConsoleFormatter.NOTHING
                : steps.stream().map(NormalisationStep::wireName).sorted().collect(Collectors.joining(", "));
    }

    private static String retention(Group group) {
        String mode = group.retention().mode().wireName();
        return group.retention().keepsRuns() ? mode + " for " + group.retention().days() + " days" : mode;
    }

    private static String models(Group group) {
        return group.models().isEmpty() ? "all" : String.join(", ", group.models());
    }

    private static String upstreams(Group group) {
        return group.upstreams().isEmpty() ? "(default)" : String.join(", ", group.upstreams());
    }
}
