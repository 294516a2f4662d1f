# The service image with model folders in it, for clusters without a shared volume or a network. The
# context is a folder of model folders, as `tandem build --out` makes them: its folder sft is
# /models/sft in the image, and so on.
#
#   docker build -f deploy/docker/models.Dockerfile \
#     --build-arg SERVICE=tandem-service -t tandem-models FOLDER
#
# The service checks the hashes of a model when it starts.

ARG SERVICE=tandem-service
FROM ${SERVICE}
COPY . /models/
LABEL org.opencontainers.image.title="tandem-models" \
      org.opencontainers.image.description="The services of Tandem with model folders in /models"
