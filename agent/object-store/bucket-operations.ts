import { S3Failure } from './failure.ts';
import { emptyReply, isoTime, xmlReply, type Call, type Operation, type Reply } from './operation.ts';

export const bucketOperations: readonly Operation[] = [
  {
    name: 'ListBuckets',
    method: 'GET',
    on: 'service',
    marks: [],
    parameters: ['max-buckets', 'prefix', 'continuation-token', 'bucket-region'],
    answer: listBuckets,
  },
  { name: 'HeadBucket', method: 'HEAD', on: 'bucket', marks: [], parameters: [], answer: headBucket },
  { name: 'CreateBucket', method: 'PUT', on: 'bucket', marks: [], parameters: [], answer: createBucket },
  { name: 'GetBucketLocation', method: 'GET', on: 'bucket', marks: ['location'], parameters: [], answer: location },
  {
    name: 'GetBucketVersioning',
    method: 'GET',
    on: 'bucket',
    marks: ['versioning'],
    parameters: [],
    answer: versioning,
  },
];

/** A key opens one bucket: that is the whole list. */
function listBuckets({ bucket, region, query }: Call): Reply {
  const isListed = bucket.name.startsWith(query.get('prefix') ?? '');
  return xmlReply([
    'ListAllMyBucketsResult',
    [
      [
        'Owner',
        [
          ['ID', bucket.name],
          ['DisplayName', bucket.name],
        ],
      ],
      [
        'Buckets',
        isListed
          ? [
              [
                'Bucket',
                [
                  ['Name', bucket.name],
                  ['CreationDate', isoTime(bucket.createdMs)],
                  ['BucketRegion', region],
                ],
              ],
            ]
          : [],
      ],
    ],
  ]);
}

function headBucket({ region }: Call): Reply {
  return emptyReply(200, { 'x-amz-bucket-region': region });
}

function createBucket(): Reply {
  throw new S3Failure('BucketAlreadyOwnedByYou', 'The bucket is there already; it came with the access key.');
}

function location({ region }: Call): Reply {
  return xmlReply(['LocationConstraint', region]);
}

/** Never switched on: S3 says so with an empty answer. */
function versioning(): Reply {
  return xmlReply(['VersioningConfiguration', []]);
}
