package dev.retouch.server.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Owner;
import dev.retouch.server.contract.GroupsApiService;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.GroupChange;
import dev.retouch.server.contract.model.GroupList;
import dev.retouch.server.contract.model.NewGroup;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.key.Administration;
import dev.retouch.server.key.Group;

/** {@code /admin/v1/groups}. */
public final class GroupsDelegate implements GroupsApiService {

    private final Administration administration;
    private final AdminDocuments documents;

    /** Administers groups; their budgets are in this ledger. */
    public GroupsDelegate(Administration administration, Ledger ledger, String currency) {
        this.administration = administration;
        this.documents = new AdminDocuments(ledger, currency);
    }

    @Override
    public Response listGroups(ContainerRequestContext request) {
        return Response.ok(new GroupList()._object(GroupList.ObjectEnum.LIST)
                .data(administration.groups().stream().map(documents::group).toList())).build();
    }

    @Override
    public Response createGroup(NewGroup document, ContainerRequestContext request) {
        NewGroup wanted = AdminDocuments.given(document);
        if (wanted.getName() == null) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_MISSING, "name");
        }
        if (wanted.getBudget() != null) {
            AdminDocuments.money(wanted.getBudget(), "budget"); // before anything is made
        }
        Group group = administration.createGroup(new dev.retouch.server.key.NewGroup(wanted.getName(),
                new dev.retouch.server.key.GroupChange(wanted.getPlatform(), wanted.getImagePermission(),
                        AdminDocuments.names("models", wanted.getModels()),
                        AdminDocuments.names("upstreams", wanted.getUpstreams()),
                        AdminDocuments.limits(wanted.getLimits()),
                        AdminDocuments.moderation(wanted.getModeration()), null, null)));
        documents.fund(Owner.ofGroup(group.name()), wanted.getBudget(), "budget", "made with it");
        return Response.status(Response.Status.CREATED).entity(documents.group(group)).build();
    }

    @Override
    public Response getGroup(String group, ContainerRequestContext request) {
        return Response.ok(documents.group(administration.group(group))).build();
    }

    @Override
    public Response updateGroup(String group, GroupChange document, ContainerRequestContext request) {
        GroupChange change = AdminDocuments.given(document);
        return Response.ok(documents.group(administration.updateGroup(group,
                new dev.retouch.server.key.GroupChange(change.getPlatform(), change.getImagePermission(),
                        AdminDocuments.names("models", change.getModels()),
                        AdminDocuments.names("upstreams", change.getUpstreams()),
                        AdminDocuments.limits(change.getLimits()),
                        AdminDocuments.moderation(change.getModeration()), null, null))))
                .build();
    }

    @Override
    public Response deleteGroup(String group, ContainerRequestContext request) {
        administration.deleteGroup(group);
        return Response.noContent().build();
    }
}
