package dev.retouch.server.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.Ledger;
import dev.retouch.server.contract.GroupsApiService;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.GroupChangeDto;
import dev.retouch.server.contract.model.NewGroupDto;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.key.Administration;
import dev.retouch.server.key.Group;
import dev.retouch.server.key.GroupChange;
import dev.retouch.server.key.NewGroup;

/** Implements {@code /admin/v1/groups}. */
public final class GroupsDelegate implements GroupsApiService {

    private final Administration administration;
    private final AdminMapper documents;

    public GroupsDelegate(Administration administration, Ledger ledger, String currency) {
        this.administration = administration;
        this.documents = new AdminMapper(ledger, currency);
    }

    @Override
    public Response listGroups(@Nullable String limit, @Nullable String after, ContainerRequestContext request) {
        return administration.groups(ListParameters.given(after), ListParameters.limit(limit, Integer.MAX_VALUE))
                .map(page -> Response.ok(documents.groups(page)).build())
                .orElseThrow(() -> ListParameters.unknownAfter("group"));
    }

    @Override
    public Response createGroup(NewGroupDto document, ContainerRequestContext request) {
        NewGroupDto wanted = AdminMapper.given(document);
        if (wanted.getName() == null) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_MISSING, "name");
        }
        Group group = administration.createGroup(new NewGroup(wanted.getName(),
                new GroupChange(wanted.getPlatform(), wanted.getImagePermission(),
                        AdminMapper.names("models", wanted.getModels()),
                        AdminMapper.names("upstreams", wanted.getUpstreams()),
                        AdminMapper.limits(wanted.getLimits()),
                        AdminMapper.moderation(wanted.getModeration()), null, null,
                        AdminMapper.normalise(wanted.getNormalise()),
                        AdminMapper.maskMode(wanted.getMaskMode()),
                        AdminMapper.names("fallback_models", wanted.getFallbackModels()),
                        RetentionMapper.mode(wanted.getRetain()), wanted.getRetainDays()),
                AdminMapper.firstBudget(wanted.getBudget())));
        return Response.status(Response.Status.CREATED).entity(documents.group(group)).build();
    }

    @Override
    public Response getGroup(String group, ContainerRequestContext request) {
        return Response.ok(documents.group(administration.group(group))).build();
    }

    @Override
    public Response updateGroup(String group, GroupChangeDto document, ContainerRequestContext request) {
        GroupChangeDto change = AdminMapper.given(document);
        return Response.ok(documents.group(administration.updateGroup(group,
                new GroupChange(change.getPlatform(), change.getImagePermission(),
                        AdminMapper.names("models", change.getModels()),
                        AdminMapper.names("upstreams", change.getUpstreams()),
                        AdminMapper.limits(change.getLimits()),
                        AdminMapper.moderation(change.getModeration()), null, null,
                        AdminMapper.normalise(change.getNormalise()),
                        AdminMapper.maskMode(change.getMaskMode()),
                        AdminMapper.names("fallback_models", change.getFallbackModels()),
                        RetentionMapper.mode(change.getRetain()), change.getRetainDays()))))
                .build();
    }

    @Override
    public Response deleteGroup(String group, ContainerRequestContext request) {
        administration.deleteGroup(group);
        return Response.noContent().build();
    }
}
