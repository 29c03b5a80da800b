"""What a team would write on top of the client that the python generator makes. Prints what came of it."""
import json
import os
import sys

import retouch_client
from retouch_client.api.images_api import ImagesApi
from retouch_client.api.models_api import ModelsApi
from retouch_client.models import ImageEditJson, ImageReference

base_url, first, second, mask, image_url = sys.argv[1:]
configuration = retouch_client.Configuration(host=base_url, access_token=os.environ["RETOUCH_KEY"])


def read(file):
    with open(file, "rb") as opened:
        return opened.read()


with retouch_client.ApiClient(configuration) as client:
    images = ImagesApi(client)

    files = images.create_image_edit_with_form_data_as_json(
        prompt="在图片中添加一朵红色的玫瑰花", image2=[("first.png", read(first)), ("second.jpg", read(second))],
        mask=("mask.png", read(mask)), model="gpt-image-1", size="1024x1024", output_format="jpeg",
        response_format="b64_json")

    by_address = images.create_image_edit_with_json_as_json(
        ImageEditJson(prompt="a red balloon", images=[ImageReference(image_url=image_url)], response_format="url"))

    # the events as they come; the other variants read all of them as one JSON document
    events = images.create_image_edit_with_form_data_as_event_stream_without_preload_content(
        prompt="a red balloon", image=[("first.png", read(first))], stream=True, partial_images=1)

    try:
        images.create_image_edit_with_form_data_as_json(prompt="p", image=[read(first)], model="gpt-image-9")
        refusal = None
    except retouch_client.ApiException as e:
        refusal = f"{e.status} {e.data.error.code}"

    print(json.dumps({
        "files": files.data[0].b64_json,
        "json": by_address.data[0].url,
        "events": events.data.decode(),
        "refusal": refusal,
        "models": [model.id for model in ModelsApi(client).list_models().data],
    }))
