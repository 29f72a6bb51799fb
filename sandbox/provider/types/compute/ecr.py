"""ECR: repositories, their policies and lifecycle policies."""

from __future__ import annotations

from sandbox.provider.rows import Call, row

row(
    "ecr/repository:Repository",
    "ecr.create_repository",
    id="repository.repositoryName",
    read="describe_repositories(repositoryNames=[{id}]).repositories[0]",
    out="arn:repositoryArn repositoryUrl:repositoryUri registryId:registryId",
    name="name",
    rename="name:repositoryName encryptionConfigurations:encryptionConfiguration",
    skip="forceDelete",
    delete="delete_repository(repositoryName={id},force=true)",
    replace="name encryptionConfigurations",
    update=(
        Call("put_image_tag_mutability", "repositoryName={id}", "imageTagMutability"),
        Call("put_image_scanning_configuration", "repositoryName={id}", "imageScanningConfiguration"),
    ),
)
row(
    "ecr/lifecyclePolicy:LifecyclePolicy",
    "ecr.put_lifecycle_policy",
    id="{repository}",
    read="get_lifecycle_policy(repositoryName={id}).@",
    out="registryId:registryId",
    rename="repository:repositoryName policy:lifecyclePolicyText",
    put=True,
    delete="delete_lifecycle_policy(repositoryName={repository})",
    replace="repository",
)
row(
    "ecr/repositoryPolicy:RepositoryPolicy",
    "ecr.set_repository_policy",
    id="{repository}",
    read="get_repository_policy(repositoryName={id}).@",
    out="registryId:registryId",
    rename="repository:repositoryName policy:policyText",
    put=True,
    replace="repository",
    delete="delete_repository_policy(repositoryName={repository})",
)
