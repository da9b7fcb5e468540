package kfake

import "path/filepath"

const groupConfigsFile = "group_configs.json"

func (c *Cluster) saveGroupConfigs(fsys fs, dir string) error {
	return writeJSONFile(fsys, filepath.Join(dir, groupConfigsFile), c.groupConfigs)
}

func (c *Cluster) loadGroupConfigs(fsys fs, dir string) error {
	_, err := readJSONFile(fsys, filepath.Join(dir, groupConfigsFile), &c.groupConfigs)
	return err
}
