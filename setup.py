"Packaging for `toss_ctr`: settings are read from settings.ini; papermill's templates are in the wheel, tests are not."
import shlex
from configparser import ConfigParser
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.sdist import sdist


class SdistWithSettings(sdist):
    "A source distribution that can be built from: what this file reads lies in it."

    def make_distribution(self):
        self.filelist.append('settings.ini')
        super().make_distribution()


ini = ConfigParser(delimiters=['='])
ini.read('settings.ini', encoding='utf-8')
cfg = ini['DEFAULT']
pkg = cfg['lib_path']
extras = {key.removesuffix('_requirements'): shlex.split(cfg[key]) for key in cfg if key.endswith('_requirements')}

setup(
    name=cfg['lib_name'], version=cfg['version'], description=cfg['description'], keywords=cfg['keywords'],
    license='Apache-2.0', author=cfg['author'], author_email=cfg['author_email'], url=cfg['git_url'],
    long_description=Path('README.md').read_text(encoding='utf-8'), long_description_content_type='text/markdown',
    python_requires='>=' + cfg['min_python'], install_requires=shlex.split(cfg['requirements']), extras_require=extras,
    packages=[*find_packages(include=[pkg, f'{pkg}.*'], exclude=[f'{pkg}.tests*']), f'{pkg}.templates'],
    package_dir={f'{pkg}.templates': f"{cfg['nbs_path']}/templates"},
    package_data={pkg: ['presets/*.yaml', 'py.typed'], f'{pkg}.templates': ['*.ipynb']},
    entry_points={'console_scripts': shlex.split(cfg['console_scripts']), 'nbdev': [f'{pkg}={pkg}._modidx:d']},
    cmdclass=dict(sdist=SdistWithSettings), zip_safe=False,
)
