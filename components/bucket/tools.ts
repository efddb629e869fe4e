import type { BucketAccess } from './bucket.ts';

/** A program that people have, and what they paste to use this bucket with it. */
export interface Tool {
  readonly title: string;
  /** What is set up once and where the secret is kept by it; undefined for what keeps nothing. */
  readonly keeps: string | undefined;
  lines(access: BucketAccess): string;
}

/** A file, as the examples call it. */
const FILE = 'my-file.bin';

/** Double quotes mean the same in every shell: none of these texts has a character that they leave alive. */
const quoted = (text: string): string => `"${text}"`;

/** Host and port, as tools that know no addresses want it. */
const hostOf = ({ endpoint }: BucketAccess): string => new URL(endpoint).host;

function asRclone(access: BucketAccess): string {
  const { endpoint, region, bucket, accessKey, secretKey } = access;
  const options = [
    'provider=Other',
    `access_key_id=${accessKey}`,
    `secret_access_key=${secretKey}`,
    quoted(`endpoint=${endpoint}`),
    `region=${region}`,
    'force_path_style=true',
    // The bucket is there: looking for it first would be counted as a call.
    'no_check_bucket=true',
  ];
  return [
    `rclone config create ${bucket} s3 ${options.join(' ')}`,
    `rclone copy ${FILE} ${bucket}:${bucket}`,
    `rclone ls ${bucket}:${bucket}`,
  ].join('\n');
}

function asAwsCli({ endpoint, region, bucket, accessKey, secretKey }: BucketAccess): string {
  const set = (setting: string, value: string): string => `aws configure set ${setting} ${value} --profile ${bucket}`;
  return [
    set('aws_access_key_id', accessKey),
    set('aws_secret_access_key', secretKey),
    set('region', region),
    set('endpoint_url', quoted(endpoint)),
    set('s3.addressing_style', 'path'),
    `aws s3 cp ${FILE} s3://${bucket}/ --profile ${bucket}`,
    `aws s3 ls s3://${bucket}/ --recursive --profile ${bucket}`,
  ].join('\n');
}

function asS3cmd(access: BucketAccess): string {
  const { endpoint, region, bucket, accessKey, secretKey } = access;
  const host = hostOf(access);
  const options = [
    `--access_key=${accessKey}`,
    `--secret_key=${secretKey}`,
    quoted(`--host=${host}`),
    // A host without the bucket's name: the name stands in the path then.
    quoted(`--host-bucket=${host}`),
    `--region=${region}`,
    ...(endpoint.startsWith('https:') ? [] : ['--no-ssl']),
  ].join(' ');
  return [`s3cmd ${options} put ${FILE} s3://${bucket}/`, `s3cmd ${options} ls --recursive s3://${bucket}/`].join('\n');
}

function asPython({ endpoint, region, bucket, accessKey, secretKey }: BucketAccess): string {
  return [
    'import boto3',
    'from botocore.config import Config',
    '',
    's3 = boto3.client(',
    "    's3',",
    `    endpoint_url='${endpoint}',`,
    `    region_name='${region}',`,
    `    aws_access_key_id='${accessKey}',`,
    `    aws_secret_access_key='${secretKey}',`,
    "    config=Config(s3={'addressing_style': 'path'}),",
    ')',
    `s3.upload_file('${FILE}', '${bucket}', '${FILE}')`,
    `for page in s3.get_paginator('list_objects_v2').paginate(Bucket='${bucket}'):`,
    "    for item in page.get('Contents', []):",
    "        print(item['Key'], item['Size'])",
  ].join('\n');
}

function asCurl({ endpoint, region, bucket, accessKey, secretKey }: BucketAccess): string {
  const call = `curl --fail-with-body -sS --aws-sigv4 "aws:amz:${region}:s3" --user "${accessKey}:${secretKey}"`;
  const address = `${endpoint}/${bucket}`;
  return [
    // Without the word curl would sign a hash of nothing, and older versions none at all.
    `${call} -H "x-amz-content-sha256: UNSIGNED-PAYLOAD" -T ${FILE} "${address}/${FILE}"`,
    `${call} -H "x-amz-content-sha256: UNSIGNED-PAYLOAD" "${address}/${FILE}" -o ${FILE}`,
  ].join('\n');
}

/** What a person can paste, by tool; every line is path style, so that the store's name is all that a resolver has to know. */
export const TOOLS: readonly Tool[] = [
  { title: 'rclone', keeps: 'The first line keeps the secret in rclone’s own configuration.', lines: asRclone },
  { title: 'aws-cli', keeps: 'The first lines keep the secret in the files of aws-cli.', lines: asAwsCli },
  { title: 's3cmd', keeps: undefined, lines: asS3cmd },
  { title: 'Python (boto3)', keeps: undefined, lines: asPython },
  { title: 'curl', keeps: undefined, lines: asCurl },
];
