// What a team would write on top of the client that typescript-fetch generates. Compiled strictly, then run by run.mjs.
import {
    Configuration,
    ImageOutputFormat,
    ImageResponseFormat,
    ImagesApi,
    ModelsApi,
    ResponseError,
    UsageApi,
    type ErrorEnvelope,
} from '../../../target/generated-clients/typescript/index.js';

export class Edits {
    private readonly configuration: Configuration;
    private readonly images: ImagesApi;

    constructor(basePath: string, key: string) {
        this.configuration = new Configuration({ basePath, accessToken: key });
        this.images = new ImagesApi(this.configuration);
    }

    /** Two files under the name for several, with a mask: the answer's picture in base64. */
    async files(first: Blob, second: Blob, mask: Blob): Promise<string | undefined> {
        const answer = await this.images.createImageEdit({
            prompt: '在图片中添加一朵红色的玫瑰花',
            image2: [first, second],
            mask,
            model: 'gpt-image-1',
            size: '1024x1024',
            outputFormat: ImageOutputFormat.Jpeg,
            responseFormat: ImageResponseFormat.B64Json,
        });
        return answer.data?.[0].b64Json;
    }

    /** An image by its address: where the edited one is. */
    async json(imageUrl: string): Promise<string | undefined> {
        const answer = await this.images.createImageEdit({
            contentType: 'application/json',
            imageEditJson: { prompt: 'a red balloon', images: [{ imageUrl }], responseFormat: 'url' },
        });
        return answer.data?.[0].url;
    }

    /** The events as they come; the generated type would read all of them as one JSON document. */
    async events(image: Blob): Promise<string> {
        const answer = await this.images.createImageEditRaw({
            accept: 'text/event-stream',
            prompt: 'a red balloon',
            image: [image],
            stream: true,
            partialImages: 1,
        });
        return await answer.raw.text();
    }

    /** What a model that does not exist is answered with. */
    async refusal(image: Blob): Promise<string | null> {
        try {
            await this.images.createImageEdit({ prompt: 'p', image: [image], model: 'gpt-image-9' });
        } catch (e) {
            if (e instanceof ResponseError) {
                const envelope = (await e.response.json()) as ErrorEnvelope;
                return `${e.response.status} ${envelope.error.code}`;
            }
            throw e;
        }
        return null;
    }

    async models(): Promise<string[]> {
        return (await new ModelsApi(this.configuration).listModels()).data.map((model) => model.id);
    }

    /** The usage as a table. */
    async usage(): Promise<string> {
        return await new UsageApi(this.configuration).getUsage({ accept: 'text/csv' });
    }
}
